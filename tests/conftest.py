"""What tests share lies beside this file: pytest puts the folder of a conftest on the import path."""

import os

from hypothesis import settings

# The gate asks the same questions each time; whoever works on the code asks new ones.
# Nobody is timed: how long a case takes says more about who else is on the machine.
settings.register_profile("desk", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("gate" if os.environ.get("CI") else "desk")
