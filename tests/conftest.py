"""What tests share lies beside this file: pytest puts the folder of a conftest on the import path."""
