/* SPDX-License-Identifier: MIT */
/* C structs of well-known extensions: numpy 1.22 to 2.x, functions of Cython 0.29. */
#include "runtime/cpython/private.h"
#include "runtime/cpython/structs.h"

#define NUMPY_OBJECT 17          /* type_num of object arrays */
#define NUMPY_C_CONTIGUOUS 0x1
#define NUMPY_F_CONTIGUOUS 0x2
#define NUMPY_OWNDATA 0x4
#define NUMPY_DIMENSIONS 64      /* at most; 32 before 2.0 */

/* ---- numpy.ndarray: data 16, nd 24, dimensions 32, strides 40, descr 56, flags 64 ---- */

/* Bytes of an item: a word at 40 of the descr since 2.0, an int at 32 before. */
static bool item_size(const struct cpy *cpy, uint64_t descr, uint64_t *ret)
{
	uint64_t type, basicsize;
	uint32_t size;

	if (!cpy_read_field(cpy, descr, CPY_TYPE, &type) ||
	    !cpy_read_field(cpy, type, 32, &basicsize))
		return false;
	if (basicsize - cpy->shift != 96)
		return cpy_read_field(cpy, descr, 40, ret);
	if (!rg_image_u32(cpy->image, cpy_body(cpy, descr) + 32, &size))
		return false;
	*ret = size;
	return true;
}

/* Number of items, 1 without dimensions. */
static bool item_count(const struct cpy *cpy, uint64_t body, uint64_t *ret)
{
	uint32_t dimensions = cpy_word32(cpy, body + 24), i;
	uint64_t at = cpy_word(cpy, body + 32), count = 1, length;

	if (dimensions > NUMPY_DIMENSIONS)
		return false;
	for (i = 0; i < dimensions; i++) {
		if (!rg_image_u64(cpy->image, at + 8 * i, &length) ||
		    __builtin_mul_overflow(count, length, &count))
			return false;
	}
	*ret = count;
	return true;
}

/* An array that owns its data owns its items once each, in the order of memory. */
static void walk_ndarray(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint32_t flags = cpy_word32(cpy, body + 64);
	uint64_t descr = cpy_word(cpy, body + 56), count;
	const char *text = NULL;

	(void)type;
	if (!(flags & NUMPY_OWNDATA) || cpy_get32(cpy, descr, 28) != NUMPY_OBJECT)
		return;
	if (!item_count(cpy, body, &count)) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	if (cpy_word32(cpy, body + 24) != 1)
		text = flags & NUMPY_C_CONTIGUOUS ? ".flat"
			: flags & NUMPY_F_CONTIGUOUS ? ".T.flat" : ".data";
	cpy_emit_strided(walk, cpy_word(cpy, body + 16), count, 8, RG_REFERENCE_UNTRAVERSED,
			 text);
}

static bool size_ndarray(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	uint64_t size = type->basicsize, count, item;

	if (!cpy_add_product(&size, cpy_word32(cpy, body + 24), 16))
		return false;
	if (cpy_word32(cpy, body + 64) & NUMPY_OWNDATA &&
	    (!item_count(cpy, body, &count) ||
	     !item_size(cpy, cpy_word(cpy, body + 56), &item) ||
	     !cpy_add_product(&size, count, item)))
		return false;
	*ret = size;
	return true;
}

static bool length_ndarray(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			   uint64_t *ret)
{
	(void)type;
	return cpy_word32(cpy, body + 24) &&
	       rg_image_u64(cpy->image, cpy_word(cpy, body + 32), ret);
}

bool cpy_ndarray_view(const struct cpy *cpy, uint64_t object, uint64_t *ret_base,
		      uint64_t *ret_shown)
{
	uint64_t body = cpy_body(cpy, object), base = cpy_word(cpy, body + 48), count, item, bytes;

	if (!base || cpy_word32(cpy, body + 64) & NUMPY_OWNDATA ||
	    !item_count(cpy, body, &count) ||
	    !item_size(cpy, cpy_word(cpy, body + 56), &item) ||
	    __builtin_mul_overflow(count, item, &bytes))
		return false;
	*ret_base = base;
	*ret_shown = bytes;
	return true;
}

/* ---- numpy.dtype, numpy.broadcast ------------------------------------------- */

static void walk_dtype(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	/* subarray -> base 0, shape 8: at 88 since 2.0, at 40 before. */
	uint64_t subarray = cpy_word(walk->cpy, body + (type->row->basicsize == 96 ? 40 : 88));

	if (!subarray)
		return;
	cpy_emit_field(walk, subarray, 0, RG_REFERENCE_UNTRAVERSED, ".base");
	cpy_emit_field(walk, subarray, 8, RG_REFERENCE_UNTRAVERSED, ".shape");
}

/*
 * Before 2.0.  The built-in ones are static data of numpy's, which names the type of
 * their items, a static one too, without counting that; copies count it.
 */
static void walk_dtype_1(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	cpy_emit_field(walk, body, 16,
		       rg_image_mapping_of(walk->cpy->image, body) ? RG_REFERENCE_BORROWED
								   : RG_REFERENCE_UNTRAVERSED,
		       ".type");
	walk_dtype(walk, type, body);
}

/* numiter 16, iters 304. */
static void walk_broadcast(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t count = cpy_word32(walk->cpy, body + 16);
	uint64_t room = (type->row->basicsize - 304) / 8;

	cpy_emit_strided(walk, body + 304, count < room ? count : room, 8,
			 RG_REFERENCE_UNTRAVERSED, ".iters");
}

/* ---- scalars: their __sizeof__ adds the bytes of the value once more -------------- */

#define SCALAR_SIZE(bytes) \
	static bool size_scalar_##bytes(const struct cpy *cpy, const struct cpy_type *type, \
					uint64_t body, uint64_t *ret) \
	{ \
		(void)cpy; \
		(void)body; \
		*ret = type->basicsize + (bytes); \
		return true; \
	}
SCALAR_SIZE(1)
SCALAR_SIZE(2)
SCALAR_SIZE(4)
SCALAR_SIZE(8)
SCALAR_SIZE(16)
SCALAR_SIZE(32)

/* Bytes count twice: as items, and as the value. */
static bool size_bytes(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	uint64_t size = type->basicsize, count;

	if (!rg_image_u64(cpy->image, body + CPY_OB_SIZE, &count) ||
	    !cpy_add_product(&size, count, 2))
		return false;
	*ret = size;
	return true;
}

/* A record: descr 32. */
static bool size_void(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t item;

	if (!item_size(cpy, cpy_word(cpy, body + 32), &item) || item >> 40)
		return false;
	*ret = type->basicsize + item;
	return true;
}

/* ---- Cython functions: defaults 120, its first defaults_pyobjects 128 are objects ---- */

static void walk_cython_function(struct cpy_walk *walk, const struct cpy_type *type,
				 uint64_t body)
{
	uint64_t defaults = cpy_word(walk->cpy, body + 120);
	uint32_t count = cpy_word32(walk->cpy, body + 128);

	(void)type;
	if (defaults && count <= INT32_MAX)
		cpy_emit_strided(walk, defaults, count, 8, RG_REFERENCE_STRONG, ".defaults");
}

const struct cpy_struct cpy_structs_extension[] = {
	/* Arrays. */
	{ CPY_ROW("numpy.ndarray", 8, 15, 96), CPY_FIELDS(HID(48, ".base"), HID(56, ".dtype"),
	  HID(88, ".mem_handler")), .walk = walk_ndarray, .size = size_ndarray,
	  .length = length_ndarray },
	{ CPY_ROW("numpy.ndarray", 8, 15, 88), CPY_FIELDS(HID(48, ".base"), HID(56, ".dtype")),
	  .walk = walk_ndarray, .size = size_ndarray, .length = length_ndarray },
	{ CPY_ROW("numpy.flatiter", 8, 15, 2632), CPY_FIELDS(HID(1320, ".base")) },
	{ CPY_ROW("numpy.broadcast", 8, 15, 560), .walk = walk_broadcast },
	{ CPY_ROW("numpy.broadcast", 8, 15, 816), .walk = walk_broadcast },
	{ CPY_ROW("numpy.nditer", 8, 15, 160), CPY_FIELDS(HID(32, ".nested_child")) },
	{ CPY_ROW("numpy.core.multiarray.flagsobj", 8, 15, 32), CPY_FIELDS(HID(16, ".arr")) },
	{ CPY_ROW("numpy._core.multiarray.flagsobj", 8, 15, 32), CPY_FIELDS(HID(16, ".arr")) },
	{ CPY_ROW("numpy.busdaycalendar", 8, 15, 48) },

	/* Types of items: one struct before 2.0, for legacy types a longer one since. */
	{ CPY_ROW("numpy.dtype", 8, 15, 96), CPY_FIELDS(HID(48, ".fields"), HID(56, ".names"),
	  HID(72, ".metadata")), .walk = walk_dtype_1 },
	{ CPY_ROW("numpy.dtype", 8, 15, 88), CPY_FIELDS(HID(16, ".type"), HID(56, ".metadata")) },
	{ CPY_ROW("numpy.dtypes.BoolDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Int8DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.UInt8DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Int16DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.UInt16DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Int32DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.UInt32DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Int64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.UInt64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.LongLongDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.ULongLongDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Float16DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Float32DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Float64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.LongDoubleDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Complex64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.Complex128DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.CLongDoubleDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.ObjectDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.BytesDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.StrDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.VoidDType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.DateTime64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy.dtypes.TimeDelta64DType", 8, 15, 120), CPY_FIELDS(HID(16, ".type"),
	  HID(56, ".metadata"), HID(96, ".fields"), HID(104, ".names")), .walk = walk_dtype },
	{ CPY_ROW("numpy._DTypeMeta", 8, 11, 968), CPY_FIELDS(HID(904, ".singleton"),
	  HID(920, ".type")), .base = "type" },

	/* Functions over arrays. */
	{ CPY_ROW("numpy.ufunc", 8, 15, 232), CPY_FIELDS(OWN(88, ".obj"), HID(96, ".userloops"),
	  OWN(208, ".identity"), HID(224, ".loops")) },

	/* Scalars. */
	{ CPY_ROW("numpy.generic", 8, 15, 16) },
	{ CPY_ROW("numpy.number", 8, 15, 16) },
	{ CPY_ROW("numpy.integer", 8, 15, 16) },
	{ CPY_ROW("numpy.signedinteger", 8, 15, 16) },
	{ CPY_ROW("numpy.unsignedinteger", 8, 15, 16) },
	{ CPY_ROW("numpy.inexact", 8, 15, 16) },
	{ CPY_ROW("numpy.floating", 8, 15, 16) },
	{ CPY_ROW("numpy.complexfloating", 8, 15, 16) },
	{ CPY_ROW("numpy.flexible", 8, 15, 16) },
	{ CPY_ROW("numpy.character", 8, 15, 16) },
	{ CPY_ROW("numpy.bool_", 8, 15, 24), .size = size_scalar_1 },
	{ CPY_ROW("numpy.bool", 8, 15, 24), .size = size_scalar_1 },
	{ CPY_ROW("numpy.int8", 8, 15, 24), .size = size_scalar_1 },
	{ CPY_ROW("numpy.uint8", 8, 15, 24), .size = size_scalar_1 },
	{ CPY_ROW("numpy.int16", 8, 15, 24), .size = size_scalar_2 },
	{ CPY_ROW("numpy.uint16", 8, 15, 24), .size = size_scalar_2 },
	{ CPY_ROW("numpy.int32", 8, 15, 24), .size = size_scalar_4 },
	{ CPY_ROW("numpy.uint32", 8, 15, 24), .size = size_scalar_4 },
	{ CPY_ROW("numpy.int64", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.uint64", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.longlong", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.ulonglong", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.float16", 8, 15, 24), .size = size_scalar_2 },
	{ CPY_ROW("numpy.float32", 8, 15, 24), .size = size_scalar_4 },
	{ CPY_ROW("numpy.float64", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.float128", 8, 15, 32), .size = size_scalar_16 },
	{ CPY_ROW("numpy.longdouble", 8, 15, 32), .size = size_scalar_16 },
	{ CPY_ROW("numpy.complex64", 8, 15, 24), .size = size_scalar_8 },
	{ CPY_ROW("numpy.complex128", 8, 15, 32), .size = size_scalar_16 },
	{ CPY_ROW("numpy.complex256", 8, 15, 48), .size = size_scalar_32 },
	{ CPY_ROW("numpy.clongdouble", 8, 15, 48), .size = size_scalar_32 },
	{ CPY_ROW("numpy.datetime64", 8, 15, 32), .size = size_scalar_8 },
	{ CPY_ROW("numpy.timedelta64", 8, 15, 32), .size = size_scalar_8 },
	{ CPY_ROW("numpy.object_", 8, 15, 24), CPY_FIELDS(HID(16, ".obval")),
	  .size = size_scalar_8 },
	{ CPY_ROW("numpy.void", 8, 15, 64), CPY_FIELDS(HID(32, ".dtype"), HID(48, ".base")),
	  .size = size_void },
	{ CPY_ROW("numpy.bytes_", 8, 15, 40), .base = "bytes", .size = size_bytes },
	{ CPY_ROW("numpy.str_", 8, 11, 96), .base = "str" },
	{ CPY_ROW("numpy.str_", 12, 15, 80), .base = "str" },

	/* Functions compiled by Cython 0.29. */
	{ CPY_ROW("cython_function_or_method", 11, 12, 184), CPY_FIELDS(OWN(32, ".__module__"),
	  OWN(64, ".__name__"), OWN(72, ".__qualname__"), OWN(80, ".__doc__"),
	  OWN(88, ".__globals__"), OWN(96, ".__code__"), OWN(104, ".__closure__"),
	  OWN(112, ".classobj"), OWN(152, ".__defaults__"), OWN(160, ".__kwdefaults__"),
	  HID(176, ".__annotations__")), .walk = walk_cython_function },
	{ CPY_ROW("fused_cython_function", 11, 12, 208), CPY_FIELDS(OWN(184, ".__signatures__"),
	  OWN(192, ".type"), OWN(200, ".__self__")), .base = "cython_function_or_method" },
	{ .name = NULL },
};
