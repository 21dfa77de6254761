"""python -m redcross.embedded start|stop|status."""

import sys

from redcross.embedded import main

sys.exit(main(sys.argv[1:]))
