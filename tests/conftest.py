"""What tests share lies beside this file: pytest puts the folder of a conftest on the import path."""

import os

from hypothesis import settings

# The gate asks the same questions each time; whoever works on the code asks new ones.
settings.register_profile("gate", derandomize=True, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("gate")
