# SPDX-License-Identifier: MIT
dist_man_MANS += %D%/man/refgraph.1
EXTRA_DIST +=
dist_doc_DATA += %D%/adding-a-command.md
dist_doc_DATA += %D%/adding-a-format.md
dist_doc_DATA += %D%/adding-a-runtime.md
dist_doc_DATA += %D%/adding-an-analysis.md
dist_doc_DATA += %D%/architecture.md
dist_doc_DATA += %D%/portable-dump.md
EXTRA_DIST += %D%/images/backrefs.png
