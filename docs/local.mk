# SPDX-License-Identifier: MIT
dist_man_MANS += %D%/man/refgraph.1
dist_man_MANS += %D%/man/librefgraph.3
EXTRA_DIST +=
dist_doc_DATA += %D%/adding-a-command.md
dist_doc_DATA += %D%/adding-a-format.md
dist_doc_DATA += %D%/adding-a-runtime.md
dist_doc_DATA += %D%/adding-an-analysis.md
dist_doc_DATA += %D%/architecture.md
dist_doc_DATA += %D%/json.md
dist_doc_DATA += %D%/leaks.md
dist_doc_DATA += %D%/portable-dump.md
dist_doc_DATA += %D%/refcounts.md
dist_doc_DATA += %D%/taking-a-dump.md
dist_doc_DATA += %D%/tour.md
EXTRA_DIST += %D%/images/backrefs.png
EXTRA_DIST += %D%/images/growth.png
EXTRA_DIST += %D%/images/tour-sensors.png
EXTRA_DIST += %D%/images/tour-shop.png

# What the JSON of each command and the portable dump hold, for programs that read them.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA =
dist_schema_DATA += %D%/schema/backrefs.schema.json
dist_schema_DATA += %D%/schema/chain.schema.json
dist_schema_DATA += %D%/schema/cycles.schema.json
dist_schema_DATA += %D%/schema/growth.schema.json
dist_schema_DATA += %D%/schema/info.schema.json
dist_schema_DATA += %D%/schema/leaks.schema.json
dist_schema_DATA += %D%/schema/objects.schema.json
dist_schema_DATA += %D%/schema/portable.schema.json
dist_schema_DATA += %D%/schema/refcounts.schema.json
dist_schema_DATA += %D%/schema/retained.schema.json
dist_schema_DATA += %D%/schema/refs.schema.json
dist_schema_DATA += %D%/schema/threads.schema.json
dist_schema_DATA += %D%/schema/types.schema.json
