/* SPDX-License-Identifier: MIT */
/*
 * The files of Devel::MAT (.pmat), forms 0.2 to 0.6: what the files that read
 * them share.  The form is described in Devel::MAT::Dumper's doc/format*.txt.
 *
 * A file is read once from begin to end, because nothing in it can be found
 * otherwise; what is kept of an SV is its address and where it stands.  All
 * else is read again from there when it is asked for.
 */
#ifndef RG_FORMAT_PMAT_H
#define RG_FORMAT_PMAT_H

#include "base/map.h"
#include "base/vector.h"
#include "format/format.h"

extern const struct rg_format rg_format_pmat;

/* The numbers by which a file calls its types of SV. */
enum rg_pmat_type {
	RG_PMAT_GLOB = 1,
	RG_PMAT_SCALAR = 2,
	RG_PMAT_REF = 3,
	RG_PMAT_ARRAY = 4,
	RG_PMAT_HASH = 5,
	RG_PMAT_STASH = 6,
	RG_PMAT_CODE = 7,
	RG_PMAT_IO = 8,
	RG_PMAT_LVALUE = 9,
	RG_PMAT_REGEXP = 10,
	RG_PMAT_FORMAT = 11,
	RG_PMAT_INVLIST = 12,
	RG_PMAT_UNDEF = 13,
	RG_PMAT_YES = 14,
	RG_PMAT_NO = 15,
	RG_PMAT_OBJECT = 16,
	RG_PMAT_CLASS = 17,
	RG_PMAT_STRUCT = 0x7f, /* of an XS module: fields as a META_STRUCT has said */
	RG_PMAT_MAGIC = 0x80,  /* from here on extensions of an SV written before */
	RG_PMAT_SAVED_SV = 0x81,
	RG_PMAT_SAVED_AV = 0x82,
	RG_PMAT_SAVED_HV = 0x83,
	RG_PMAT_SAVED_ELEMENT = 0x84,
	RG_PMAT_SAVED_VALUE = 0x85,
	RG_PMAT_SAVED_CV = 0x86,
	RG_PMAT_NOTE = 0x87,
	RG_PMAT_META_STRUCT = 0xf0,
	RG_PMAT_UNKNOWN = 0xff,
	RG_PMAT_IMMORTAL = 0x100, /* stands in the head of the file, not among the SVs */
};

/* The parts of a CODE's body. */
enum rg_pmat_part {
	RG_PMAT_CONSTANT = 1,
	RG_PMAT_CONSTANT_INDEX = 2,
	RG_PMAT_CODE_GLOB = 3,
	RG_PMAT_GLOB_INDEX = 4,
	RG_PMAT_PADNAME = 5,
	RG_PMAT_PADSV = 6, /* of forms nobody writes any more */
	RG_PMAT_PADNAMES = 7,
	RG_PMAT_PAD = 8,
	RG_PMAT_PADNAME_FLAGS = 9,
	RG_PMAT_PADNAME_FIELD = 10,
};

/* Bits in the flags of a CODE and of a padname. */
#define RG_PMAT_CODE_CLONE 0x01u
#define RG_PMAT_CODE_CLONED 0x02u
#define RG_PMAT_CODE_WEAKOUTSIDE 0x08u
#define RG_PMAT_CODE_OWNS_GLOB 0x10u
#define RG_PMAT_PADNAME_OUTER 0x01u
#define RG_PMAT_PADNAME_STATE 0x02u
#define RG_PMAT_PADNAME_OUR 0x10u

/* Beside the offset of a CODE that has its op tree from another, if that is there. */
#define RG_PMAT_LATER (UINT64_C(1) << 63)

/* How many bytes, pointers and strings the file has for one of its types. */
struct rg_pmat_sizes {
	uint8_t bytes, pointers, strings;
};

/* An SV, an extension, or a pad (then @offset is where its CODE stands). */
struct rg_pmat_entry {
	uint64_t address;
	uint64_t offset;
};

struct rg_pmat_entries {
	RG_VECTOR(struct rg_pmat_entry) all;
};

struct rg_pmat_string {
	const char *text; /* NULL: there is none */
	uint64_t length;
};

/* Reading on from a place; once something was not there, @failed stays set and all is 0. */
struct rg_pmat_cursor {
	const struct rg_pmat_file *file;
	uint64_t at;
	bool failed;
};

#define RG_PMAT_STRINGS 2 /* as many as any type has */

/* One SV as it stands in the file. */
struct rg_pmat_record {
	unsigned int type; /* rg_pmat_type */
	uint64_t address, size, blessed;
	uint32_t refcount;
	uint64_t bytes;    /* where its own bytes begin, */
	uint64_t pointers; /* its pointers, */
	uint64_t body;     /* and what is of no fixed size */
	unsigned int byte_count, pointer_count;
	struct rg_pmat_string strings[RG_PMAT_STRINGS];
	uint64_t count;    /* of elements in the body */
};

struct rg_pmat_file {
	struct rg_file file;
	bool big_endian, threads;
	unsigned int word, pointer, real; /* bytes of a UV, a pointer, an NV */
	unsigned int minor;               /* of the form: 0.minor */
	uint32_t release;                 /* revision, version, subversion: 8, 8, 16 bits */
	struct rg_pmat_sizes svs[256], extensions[256], contexts[256];
	uint64_t immortals[3];            /* undef, yes, no */
	uint64_t roots, root_count;       /* where they begin, and how many there are */
	uint64_t stack, stack_count;
	uint64_t contexts_at;             /* where the call frames begin; 0: the file ends before */
	uint64_t mortals, mortal_count;
	uint64_t end;                     /* of what was understood */
	uint64_t unreadable;
	uint64_t frames;
	uint64_t main_code;               /* the CODE of the program itself, once roots are read */
	struct rg_pmat_entries svs_at;    /* sorted by address: the index is the object's id */
	struct rg_pmat_entries extended;  /* sorted by the address of the SV they extend */
	struct rg_pmat_entries pads;      /* sorted by the pad's address */
	struct rg_pmat_entries codes;     /* op trees: root, and the CODE that has it for others */
	struct rg_pmat_entries structs;   /* id and place of each META_STRUCT */
	struct rg_map struct_index;       /* id + 1 -> index into these */
	struct rg_map types;              /* of a blessed type: key -> id */
	RG_VECTOR(char *) missing;
	char version[32], build[96];
	rg_builder *builder;
};

/* One part of a CODE's body: what of it there is for its kind, else 0. */
struct rg_pmat_code_part {
	unsigned int kind; /* rg_pmat_part */
	uint64_t index, pointer;
	uint8_t flags;
	uint64_t at;       /* of a padname: where it stands as a string */
};

/* One reference of an SV. */
enum rg_pmat_label {
	RG_PMAT_NOTHING,
	RG_PMAT_WORD,     /* @text as it is */
	RG_PMAT_INDEX,    /* [value] */
	RG_PMAT_KEY,      /* {text} */
	RG_PMAT_SLOT,     /* of a glob: sigil @value, name in the record */
	RG_PMAT_SYMBOL,   /* a glob in a stash: *Stash::text */
	RG_PMAT_LEXICAL,  /* number @value in a pad */
	RG_PMAT_SPELL,    /* magic of the kind @value */
};

struct rg_pmat_edge {
	uint64_t target;
	uint8_t kind; /* rg_reference_kind and bits */
	enum rg_pmat_label what;
	struct rg_pmat_string text;
	uint64_t value;
};

typedef rg_error *rg_pmat_edge_fn(void *user, const struct rg_pmat_edge *edge);

/* pmat_record.c */
uint8_t rg_pmat_u8(struct rg_pmat_cursor *cursor);
uint32_t rg_pmat_u32(struct rg_pmat_cursor *cursor);
uint64_t rg_pmat_word(struct rg_pmat_cursor *cursor);
uint64_t rg_pmat_pointer(struct rg_pmat_cursor *cursor);
struct rg_pmat_string rg_pmat_string(struct rg_pmat_cursor *cursor);
/* rg_pmat_skip - @count things of @size bytes each. */
void rg_pmat_skip(struct rg_pmat_cursor *cursor, uint64_t count, uint64_t size);
/* rg_pmat_head - what stands before the body of the SV at @offset; false: nothing that can be. */
bool rg_pmat_head(const struct rg_pmat_file *s, uint64_t offset, struct rg_pmat_record *ret);
/* rg_pmat_body - moves @cursor, which is at the body of @record, behind it. */
void rg_pmat_body(struct rg_pmat_cursor *cursor, const struct rg_pmat_record *record);
/* rg_pmat_next_part - the next part of a CODE's body; false: no more, or @cursor failed. */
bool rg_pmat_next_part(struct rg_pmat_cursor *cursor, struct rg_pmat_code_part *ret);
/* rg_pmat_next_field - the next field of a struct: its name and, if it is one, its pointer. */
struct rg_pmat_fields {
	struct rg_pmat_cursor meta, cursor;
	uint64_t left;
};
void rg_pmat_fields(const struct rg_pmat_file *s, uint64_t id, uint64_t body,
		    struct rg_pmat_fields *ret);
bool rg_pmat_next_field(struct rg_pmat_fields *fields, struct rg_pmat_string *ret_name,
			uint64_t *ret_pointer);
/* rg_pmat_pointer_of - its pointer number @index; 0 where it has none. */
uint64_t rg_pmat_pointer_of(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			    unsigned int index);
/* rg_pmat_number_of - a number of @size bytes, @at bytes into its own; 0 where there is none. */
uint64_t rg_pmat_number_of(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			   unsigned int at, unsigned int size);
/* rg_pmat_find - the SV at @address; false: the file has none there. */
bool rg_pmat_find(const struct rg_pmat_file *s, uint64_t address, struct rg_pmat_record *ret);
/* rg_pmat_is_scalar - whether a program sees it as a scalar. */
static inline bool rg_pmat_is_scalar(const struct rg_pmat_record *record)
{
	return record->type == RG_PMAT_SCALAR || record->type == RG_PMAT_REF ||
	       record->type == RG_PMAT_LVALUE ||
	       (record->type >= RG_PMAT_UNDEF && record->type <= RG_PMAT_NO);
}

/* rg_pmat_first - index of the first entry at @address or above. */
size_t rg_pmat_first(const struct rg_pmat_entries *entries, uint64_t address);

/* pmat_walk.c: the references of @record in a fixed order; stops at the first error. */
RG_MUST_CHECK rg_error *rg_pmat_walk(const struct rg_pmat_file *s,
				     const struct rg_pmat_record *record, rg_pmat_edge_fn *each,
				     void *user);
struct rg_pmat_padname {
	uint64_t at; /* where it stands as a string; 0: the slot has none */
	uint8_t flags;
};
/*
 * rg_pmat_padnames - the names of the slots of @record by index, to be freed with rg_free;
 * NULL where it is no pad, or memory ran out.
 */
struct rg_pmat_padname *rg_pmat_padnames(const struct rg_pmat_file *s,
					 const struct rg_pmat_record *record);

/* pmat_graph.c: the stages of building (format.h). */
rg_error *rg_pmat_objects(void *user, rg_builder *builder);
rg_error *rg_pmat_references(void *user, rg_builder *builder);

/* pmat_words.c: the hooks of the graph, and how a stash is called. */
void rg_pmat_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		    enum rg_label_policy policy, rg_label_fn *each, void *each_user);
void rg_pmat_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		      struct rg_description *ret);
/* pmat_code.c: the last of them. */
void rg_pmat_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		   bool of_owner, enum rg_label_policy policy, rg_label_fn *each,
		   void *each_user);
struct rg_buffer;
/* rg_pmat_put_symbol - "Package::name" of the glob @record; main's are written as in "main::x". */
void rg_pmat_put_symbol(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			struct rg_buffer *ret);
/* rg_pmat_put_code - "Package::name" of the sub @record, "__ANON__" where it has none. */
void rg_pmat_put_code(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
		      struct rg_buffer *ret);
void rg_pmat_put_string(struct rg_buffer *ret, const struct rg_pmat_string *string);

#endif
