/* SPDX-License-Identifier: MIT */
/* The C types of structs_io.c that hold arrays of references or buffers of their own. */
#include "runtime/cpython/private.h"
#include "runtime/cpython/structs.h"

#define BYTES_HEAD 33 /* of a bytes object, with the closing NUL */

/* ---- pickle ----------------------------------------------------------------- */

/* The memo became visible to the collector in 3.11.7 and 3.12.1. */
static uint8_t memo_kind(const struct cpy *cpy)
{
	uint32_t since = cpy->minor <= 11 ? 0x030b0700 : 0x030c0100;

	return cpy->hexversion >= since ? RG_REFERENCE_STRONG : RG_REFERENCE_UNTRAVERSED;
}

/* PyMemoTable at the word at 16: mt_allocated 16, mt_table 24 of {me_key, me_value}. */
void cpy_walk_pickler(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t memo = cpy_word(cpy, body + 16);
	uint64_t table = memo ? cpy_word(cpy, memo + 24) : 0;

	(void)type;
	if (table)
		cpy_emit_strided(walk, table, cpy_word(cpy, memo + 16), 16, memo_kind(cpy),
				 ".memo");
}

bool cpy_size_pickler(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t memo = cpy_word(cpy, body + 16);
	/* 3.13.0 alone has one word less before it. */
	uint64_t buffer = cpy_word(cpy, body + (type->row->basicsize == 144 ? 56 : 64));
	uint64_t size = type->basicsize, count;

	if (memo && (!rg_image_u64(cpy->image, memo + 16, &count) ||
		     !cpy_add_product(&size, 1, 32) || !cpy_add_product(&size, count, 16)))
		return false;
	if (buffer && (!cpy_read_field(cpy, buffer, CPY_OB_SIZE, &count) ||
		       !cpy_add_product(&size, 1, cpy->shift + BYTES_HEAD) ||
		       !cpy_add_product(&size, count, 1)))
		return false;
	*ret = size;
	return true;
}

void cpy_walk_unpickler(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t memo = cpy_word(cpy, body + 24);

	(void)type;
	if (memo)
		cpy_emit_strided(walk, memo, cpy_word(cpy, body + 32), 8, memo_kind(cpy),
				 ".memo");
}

bool cpy_size_unpickler(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			uint64_t *ret)
{
	/*
	 * 3.13.0 has one word less before input_line, encoding, errors, marks and
	 * marks_size, 3.15 one more; late 3.13 has two more behind input_line.
	 */
	uint64_t at = body - (type->row->basicsize == 264 ? 8 : 0) +
		      (type->row->basicsize == 304 ? 8 : 0);
	unsigned late = type->row->basicsize >= 296 ? 16 : 0;
	const unsigned strings[] = { 152, 224 + late, 232 + late };
	uint64_t size, bytes;
	size_t i;

	if (!cpy_size_plus(cpy, type->basicsize, body + 24, body + 32, 8, &size) ||
	    !cpy_size_plus(cpy, size, at + 240 + late,
			   at + 256 + late, 8, &size))
		return false;
	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		uint64_t string = cpy_word(cpy, at + strings[i]);

		if (!string)
			continue;
		if (!cpy_c_string_size(cpy, string, &bytes))
			return false;
		size += bytes;
	}
	*ret = size;
	return true;
}

/* The unpickler's stack; its traverse never showed the items. */
void cpy_walk_pdata(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t data = cpy_word(walk->cpy, body + 24);

	(void)type;
	if (data)
		cpy_emit_strided(walk, data, cpy_word(walk->cpy, body + CPY_OB_SIZE), 8,
				 RG_REFERENCE_UNTRAVERSED, NULL);
}

/* ---- re --------------------------------------------------------------------- */

/* A compiled replacement: after the struct ob_size pairs {group, literal after it}. */
void cpy_walk_template(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	cpy_emit_strided(walk, body + 48, cpy_word(walk->cpy, body + CPY_OB_SIZE), 16,
			 RG_REFERENCE_STRONG, ".items");
}

/* ---- XML -------------------------------------------------------------------- */

/* enum HandlerTypes of pyexpat.c, the names as Python has them. */
static const char *const expat_handlers[] = {
	".StartElementHandler", ".EndElementHandler", ".ProcessingInstructionHandler",
	".CharacterDataHandler", ".UnparsedEntityDeclHandler", ".NotationDeclHandler",
	".StartNamespaceDeclHandler", ".EndNamespaceDeclHandler", ".CommentHandler",
	".StartCdataSectionHandler", ".EndCdataSectionHandler", ".DefaultHandler",
	".DefaultHandlerExpand", ".NotStandaloneHandler", ".ExternalEntityRefHandler",
	".StartDoctypeDeclHandler", ".EndDoctypeDeclHandler", ".EntityDeclHandler",
	".XmlDeclHandler", ".ElementDeclHandler", ".AttlistDeclHandler", ".SkippedEntityHandler",
};

/* The last two words of the struct are intern and handlers. */
void cpy_walk_expat(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t end = body + type->row->basicsize;
	uint64_t handlers = cpy_word(walk->cpy, end - 8);
	size_t i;

	cpy_emit_field(walk, end - 16, 0, RG_REFERENCE_UNTRAVERSED, ".intern");
	for (i = 0; handlers && i < sizeof(expat_handlers) / sizeof(expat_handlers[0]); i++)
		cpy_emit_field(walk, handlers, 8 * i, RG_REFERENCE_STRONG, expat_handlers[i]);
}

/*
 * An Element: tag 16, text 24, tail 32 (of the latter two bit 0 says that a list
 * is still to be joined), extra 40 -> attrib 0, length 8, allocated 16, children
 * 24, room for four children 32.
 */
void cpy_walk_element(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t extra = cpy_word(cpy, body + 40);

	(void)type;
	cpy_emit(walk, cpy_word(cpy, body + 24) & ~UINT64_C(7), RG_REFERENCE_STRONG,
		 CPY_LABEL_TEXT, ".text", 0);
	cpy_emit(walk, cpy_word(cpy, body + 32) & ~UINT64_C(7), RG_REFERENCE_STRONG,
		 CPY_LABEL_TEXT, ".tail", 0);
	if (!extra)
		return;
	cpy_emit_field(walk, extra, 0, RG_REFERENCE_STRONG, ".attrib");
	cpy_emit_strided(walk, cpy_word(cpy, extra + 24), cpy_word(cpy, extra + 8), 8,
			 RG_REFERENCE_STRONG, NULL);
}

bool cpy_size_element(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t extra = cpy_word(cpy, body + 40), size = type->basicsize, allocated, children;

	if (extra) {
		if (!rg_image_u64(cpy->image, extra + 16, &allocated) ||
		    !rg_image_u64(cpy->image, extra + 24, &children))
			return false;
		size += 64;
		if (children != extra + 32 && !cpy_add_product(&size, allocated, 8))
			return false;
	}
	*ret = size;
	return true;
}

bool cpy_length_element(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			uint64_t *ret)
{
	uint64_t extra = cpy_word(cpy, body + 40);

	(void)type;
	*ret = extra ? cpy_word(cpy, extra + 8) : 0;
	return true;
}

/* parent_stack 16 -> {parent, child index}, parent_stack_used 24. */
void cpy_walk_element_iterator(struct cpy_walk *walk, const struct cpy_type *type,
			       uint64_t body)
{
	(void)type;
	cpy_emit_strided(walk, cpy_word(walk->cpy, body + 16), cpy_word(walk->cpy, body + 24),
			 16, RG_REFERENCE_STRONG, ".parent_stack");
}

/* ---- codecs ----------------------------------------------------------------- */

/* errors 32: 1, 2 and 3 stand for strict, ignore and replace. */
void cpy_walk_codec(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t errors = cpy_word(walk->cpy, body + 32);

	(void)type;
	if (errors > 3)
		cpy_emit(walk, errors, RG_REFERENCE_STRONG, CPY_LABEL_TEXT, ".errors", 0);
}

/* ---- sqlite3 ---------------------------------------------------------------- */

/* The contexts of three callbacks follow each other: -> callable 0, module 8. */
void cpy_walk_connection(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	static const char *const labels[][2] = {
		{ ".trace_callback", ".trace_callback.module" },
		{ ".progress_handler", ".progress_handler.module" },
		{ ".authorizer", ".authorizer.module" },
	};
	uint64_t at = body + (type->row->basicsize == 208 ? 104
				: type->row->basicsize == 216 ? 112 : 120);
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		uint64_t context = cpy_word(walk->cpy, at + 8 * i);

		if (!context)
			continue;
		cpy_emit_field(walk, context, 0, RG_REFERENCE_STRONG, labels[i][0]);
		cpy_emit_field(walk, context, 8, RG_REFERENCE_STRONG, labels[i][1]);
	}
}

/*
 * Up to 3.10: prepared statements by their text; factory 32, first 40, decref_factory 56.
 * The list of nodes owns them, as the mapping does.  A connection does not let its cache own it.
 */
void cpy_walk_statement_cache(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t node = cpy_word(walk->cpy, body + 40);
	struct cpy_chain chain = { .limit = 1 };

	(void)type;
	cpy_emit_field(walk, body, 32,
		       cpy_word32(walk->cpy, body + 56) ? RG_REFERENCE_STRONG
							  : RG_REFERENCE_BORROWED, ".factory");
	for (; node; node = cpy_word(walk->cpy, node + 48)) {
		if (cpy_chain_closes(&chain, node)) {
			cpy_undecoded(walk->cpy, body);
			return;
		}
		cpy_emit(walk, node, RG_REFERENCE_STRONG, CPY_LABEL_TEXT, "node", 0);
	}
}

/* ---- buffers ---------------------------------------------------------------- */

/* buffer 56, buffer_size 120. */
bool cpy_size_buffered(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	return cpy_size_plus(cpy, type->basicsize, body + 56, body + 120, 1, ret);
}

/* The bytes object at 16 counts unless somebody else has it too. */
bool cpy_size_bytesio(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t buffer = cpy_word(cpy, body + 16), size = type->basicsize, length;

	if (buffer) {
		const unsigned char *head = cpy_head_at(cpy, buffer);

		if (!head || !cpy_read_field(cpy, buffer, CPY_OB_SIZE, &length))
			return false;
		if (cpy_head_count(cpy, head) <= 1 &&
		    (!cpy_add_product(&size, 1, cpy->shift + BYTES_HEAD) ||
		     !cpy_add_product(&size, length, 1)))
			return false;
	}
	*ret = size;
	return true;
}

/* From 3.14 on: writer 56 -> the str that is being written. */
void cpy_walk_stringio(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t writer = cpy_word(walk->cpy, body + 56);

	(void)type;
	if (writer)
		cpy_emit_field(walk, writer, 0, RG_REFERENCE_UNTRAVERSED, ".writer_buffer");
}

/* input_buffer 32, input_buffer_size 40. */
uint64_t cpy_owned_zstd(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 32, body + 40, 1);
}

/* dict_buffer 32, dict_len 40. */
uint64_t cpy_owned_zstd_dict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 32, body + 40, 1);
}

/* buf 16 of UCS-4, buf_size 40. */
uint64_t cpy_owned_stringio(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 16, body + 40, 4);
}

/*
 * data 16, size 24, fd 56; from 3.13 on trackfd 60 (76 in 3.15): false may mean a file
 * without its fd.
 */
uint64_t cpy_owned_mmap(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	if (cpy_word32(cpy, body + 56) != UINT32_MAX ||
	    (cpy->minor >= 13 &&
	     !(cpy_word32(cpy, body + (cpy->minor > 14 ? 76 : 60)) & 0xff)))
		return 0;
	return cpy_owned_block(cpy, body + 16, body + 24, 1);
}

uint64_t cpy_owned_bz2(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 120, body + 128, 1);
}

uint64_t cpy_owned_lzma(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 200, body + 208, 1);
}

uint64_t cpy_owned_zlib(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 152, body + 160, 1);
}

uint64_t cpy_owned_csv_reader(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 48, body + 56, 4);
}

uint64_t cpy_owned_csv_writer(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	return cpy_owned_block(cpy, body + 32, body + 40, 4);
}

/* ---- array, struct ---------------------------------------------------------- */

/* allocated 32, ob_descr 40 -> itemsize 4. */
bool cpy_size_array(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		    uint64_t *ret)
{
	uint64_t size = type->basicsize, allocated, descr;
	uint32_t item;

	if (!rg_image_u64(cpy->image, body + 32, &allocated) ||
	    !rg_image_u64(cpy->image, body + 40, &descr) ||
	    !rg_image_u32(cpy->image, descr + 4, &item) || item > 16 ||
	    !cpy_add_product(&size, allocated, item))
		return false;
	*ret = size;
	return true;
}

/* s_codes 32: entries of four words, the first 0 in the last one, which counts too. */
bool cpy_size_struct(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret)
{
	uint64_t codes = cpy_word(cpy, body + 32), size = type->basicsize + 32, word, i;

	for (i = 0; codes; i++, size += 32) {
		if (!rg_image_u64(cpy->image, codes + 32 * i, &word) || i > CPY_C_STRING_MAX)
			return false;
		if (!word)
			break;
	}
	*ret = size;
	return true;
}
