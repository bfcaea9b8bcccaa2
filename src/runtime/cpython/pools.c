/* SPDX-License-Identifier: MIT */
/*
 * The pools of pymalloc, CPython's allocator for blocks of up to 512 bytes: what
 * is free in them, and, where a dump lacks part of the memory, objects in them.
 *
 * Pools are found by their headers (struct pool_header of pycore_obmalloc.h,
 * 16 KiB and aligned, 4 KiB up to 3.9) wherever memory is writable, since the list
 * of arenas is a static without a symbol up to 3.11.  Pools that are wholly free
 * keep stale headers and cannot be told from other memory: they do not count.
 */
#include "runtime/cpython/private.h"

#define POOL_SIZE_MAX UINT64_C(16384)
#define POOL_HEADER 48
#define ALIGNMENT 16
#define SIZE_CLASSES 32
#define FREE_WORDS ((POOL_SIZE_MAX / ALIGNMENT + 63) / 64)
#define ARENA_SIZE (UINT64_C(1) << 20)
#define ARENA_OBJECT 48  /* struct arena_object; its address is the first word */
#define ARENAS_MAX (1u << 22)
#define MANAGER 512      /* behind the pools in use: arenas, maxarenas */

struct pool {
	uint64_t address;
	const unsigned char *bytes;
	uint64_t room;       /* of the pool */
	uint64_t size;       /* of a block */
	uint32_t used;       /* blocks in use */
	uint32_t begun;      /* blocks that have ever been in use, the first ones */
	uint32_t arena;      /* number of its arena */
	uint64_t free_block; /* the first of those that are so no more, or 0 */
};

static uint64_t pool_size(const struct cpy *cpy)
{
	return cpy->layout.pool.size ? cpy->layout.pool.size : POOL_SIZE_MAX;
}

static bool is_block(const struct pool *pool, uint64_t block)
{
	uint64_t offset = block - pool->address;

	return offset >= POOL_HEADER && offset < pool->room &&
	       !((offset - POOL_HEADER) % pool->size);
}

/* Reads the pool whose header is at @at and whose address is @address; false: it is none. */
static bool read_pool(const unsigned char *at, uint64_t address, uint64_t room, bool free_too,
		      struct pool *ret)
{
	struct pool pool = { .address = address, .bytes = at, .room = room };
	uint32_t size_class, next, last;

	memcpy(&pool.used, at, 4);
	memcpy(&size_class, at + 36, 4);
	memcpy(&next, at + 40, 4);
	memcpy(&last, at + 44, 4);
	if ((!pool.used && !free_too) || size_class >= SIZE_CLASSES)
		return false;
	pool.free_block = cpy_load64(at + 8);
	pool.size = (uint64_t)(size_class + 1) * ALIGNMENT;
	if (pool.used > (room - POOL_HEADER) / pool.size || last != room - pool.size ||
	    next < POOL_HEADER || next > last + pool.size || (next - POOL_HEADER) % pool.size)
		return false;
	if (pool.free_block && !is_block(&pool, pool.free_block))
		return false;
	pool.begun = (uint32_t)((next - POOL_HEADER) / pool.size);
	memcpy(&pool.arena, at + 32, 4);
	*ret = pool;
	return true;
}

/* ---- the arenas that pools are carved from --------------------------------------------- */

/*
 * Where the arenas of @interpreter are listed, and how many; false: not known.
 * From 3.12 on the interpreter's state holds, from 3.13 on names what the
 * allocator knows (struct _obmalloc_state).
 */
static bool find_arenas(const struct cpy *cpy, struct cpy_interpreter *interpreter)
{
	uint64_t state = interpreter->address + cpy->layout.interpreter.obmalloc, at, arena;
	uint32_t count, i;

	if (!cpy->layout.interpreter.obmalloc)
		return false;
	if (cpy->minor >= 13)
		state = cpy_word(cpy, state);
	if (!state || state & 7 || !rg_image_at(cpy->image, state, MANAGER + 16))
		return false;
	at = cpy_word(cpy, state + MANAGER);
	count = cpy_word32(cpy, state + MANAGER + 8);
	/* It shares those of another, or has not allocated yet. */
	if (!at && !count)
		return true;
	if (!at || at & 7 || !count || count > ARENAS_MAX ||
	    !rg_image_at(cpy->image, at, (uint64_t)count * ARENA_OBJECT))
		return false;
	for (i = 0; i < count; i++) {
		arena = cpy_word(cpy, at + (uint64_t)i * ARENA_OBJECT);
		if (arena && (arena & 4095 || (!rg_image_segment(cpy->image, arena) &&
					       !rg_image_was_mapped(cpy->image, arena))))
			return false;
	}
	interpreter->arenas = at;
	interpreter->arena_count = count;
	return true;
}

/* Whether the pool lies in the arena it names, or no interpreter tells its arenas. */
static bool in_arena(const struct cpy *cpy, const struct pool *pool)
{
	bool known = false;
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++) {
		const struct cpy_interpreter *interpreter = &cpy->interpreters[i];
		uint64_t arena;

		if (!interpreter->arenas)
			continue;
		known = true;
		if (pool->arena >= interpreter->arena_count)
			continue;
		arena = cpy_word(cpy, interpreter->arenas + (uint64_t)pool->arena * ARENA_OBJECT);
		if (arena && pool->address >= arena && pool->address - arena < ARENA_SIZE)
			return true;
	}
	return !known;
}

void cpy_pools_open(struct cpy *cpy)
{
	bool known = true;
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++)
		known = known && find_arenas(cpy, &cpy->interpreters[i]);
	/* One whose arenas cannot be read may own any pool. */
	for (i = 0; !known && i < cpy->interpreter_count; i++)
		cpy->interpreters[i].arenas = 0;
}

/* ---- pools ----------------------------------------------------------------------------- */

/* Calls @each for all pools in writable memory, with @free_too for what may be free ones. */
static void each_pool(const struct cpy *cpy, bool free_too,
		      void (*each)(void *user, const struct pool *pool), void *user)
{
	uint64_t room = pool_size(cpy);
	struct pool pool;

	for (size_t i = 0; i < cpy->image->segment_count; i++) {
		const struct rg_segment *segment = &cpy->image->segments[i];
		uint64_t at = (segment->start + room - 1) & ~(room - 1);

		if (!segment->writable || segment->from_file || at < segment->start)
			continue;
		for (; at < segment->end && segment->end - at >= room; at += room)
			if (read_pool(segment->bytes + (at - segment->start), at, room, free_too,
				      &pool) && in_arena(cpy, &pool))
				each(user, &pool);
	}
}

/* Which blocks are on the list of free ones; false: it does not end in time. */
static bool read_free(const struct pool *pool, uint64_t is_free[FREE_WORDS])
{
	uint64_t block = pool->free_block;
	uint32_t i;

	memset(is_free, 0, FREE_WORDS * sizeof(*is_free));
	for (i = 0; block && i <= pool->begun; i++) {
		uint64_t number = (block - pool->address - POOL_HEADER) / pool->size;

		if (!is_block(pool, block))
			return false;
		is_free[number / 64] |= UINT64_C(1) << number % 64;
		block = cpy_load64(pool->bytes + (block - pool->address));
	}
	return !block;
}

bool cpy_may_begin(const struct cpy *cpy, uint64_t address, uint32_t prefix, uint64_t size)
{
	uint64_t room = pool_size(cpy), start = address & ~(room - 1);
	const struct rg_segment *segment = rg_image_segment(cpy->image, address);
	struct pool pool;

	if (!segment || segment->from_file)
		return segment;
	/* Both allocators align so; what is static need not be, and hardly ever dies. */
	if (address % ALIGNMENT && !cpy->shift && !cpy_immortal(cpy, address))
		return cpy->minor < 11;
	if (start < segment->start || segment->end - start < room || cpy->shift ||
	    !read_pool(segment->bytes + (start - segment->start), start, room, false, &pool) ||
	    !in_arena(cpy, &pool))
		return true;
	if (prefix + size > pool.size)
		return false;
	/* The allocator's debug hooks put 16 bytes before what they give: size, 'o', 7 x 0xfd. */
	return is_block(&pool, address - prefix) ||
	       (is_block(&pool, address - prefix - 16) &&
		cpy_word(cpy, address - prefix - 8) >> 8 == UINT64_C(0xfdfdfdfdfdfdfd));
}

uint64_t cpy_block_room(const struct cpy *cpy, uint64_t address)
{
	uint64_t size = pool_size(cpy), start = address & ~(size - 1), is_free[FREE_WORDS];
	const struct rg_segment *segment = rg_image_segment(cpy->image, address);
	struct pool pool;

	if (!segment || address % ALIGNMENT || !segment->writable || segment->from_file)
		return 0;
	if (start < segment->start || segment->end - start < size ||
	    !read_pool(segment->bytes + (start - segment->start), start, size, false, &pool) ||
	    !in_arena(cpy, &pool) || !is_block(&pool, address))
		return rg_image_malloc_room(cpy->image, address);
	if ((address - start - POOL_HEADER) / pool.size >= pool.begun || !read_free(&pool, is_free))
		return 0;
	start = (address - start - POOL_HEADER) / pool.size;
	return is_free[start / 64] >> start % 64 & 1 ? 0 : pool.size;
}

/* ---- blocks in use ---------------------------------------------------------------------- */

struct blocks {
	cpy_block_fn *each;
	void *user;
};

static void each_block(void *user, const struct pool *pool)
{
	const struct blocks *blocks = user;
	uint64_t is_free[FREE_WORDS], bits, block;
	uint32_t word, first;

	if (!read_free(pool, is_free))
		return;
	for (first = 0, word = 0; first < pool->begun; first += 64, word++) {
		bits = ~is_free[word];
		if (pool->begun - first < 64)
			bits &= (UINT64_C(1) << (pool->begun - first)) - 1;
		for (; bits; bits &= bits - 1) {
			block = first + (uint64_t)__builtin_ctzll(bits);
			blocks->each(blocks->user,
				     pool->address + POOL_HEADER + block * pool->size,
				     pool->size);
		}
	}
}

void cpy_pools_blocks(const struct cpy *cpy, cpy_block_fn *each, void *user)
{
	struct blocks blocks = { each, user };

	each_pool(cpy, false, each_block, &blocks);
}

static void count_pool(void *user, const struct pool *pool)
{
	struct cpy_pools *sum = user;
	uint64_t is_free[FREE_WORDS];
	uint32_t taken = pool->begun, word;
	bool whole = read_free(pool, is_free);

	for (word = 0; whole && word < FREE_WORDS; word++)
		taken -= (uint32_t)__builtin_popcountll(is_free[word]);
	sum->pools++;
	sum->blocks += pool->used;
	sum->bytes += pool->used * pool->size;
	sum->free += ((pool->room - POOL_HEADER) / pool->size - pool->used) * pool->size;
	sum->torn += !whole || taken != pool->used;
}

struct cpy_pools cpy_pools_count(const struct cpy *cpy)
{
	struct cpy_pools sum = { 0 };

	each_pool(cpy, false, count_pool, &sum);
	return sum;
}

/* ---- memory that is the runtime's own --------------------------------------------------- */

struct own {
	struct cpy *cpy;
	rg_error *(*each)(void *user, uint64_t start, uint64_t end);
	void *user;
	struct rg_map *pools;
	rg_error *error;
};

/* Whether the block holds what was an object and waits on a free list to become one again. */
static bool is_spare(const struct own *own, const struct pool *pool, uint64_t block)
{
	const unsigned char *at = pool->bytes + (block - pool->address);
	uint32_t prefix;
	uint64_t keys, link;

	/* Tables of dicts wait there as they were, but for their own count. */
	keys = cpy_load64(at) ? 0 : cpy_keys_size(own->cpy, block);
	if (keys && keys <= pool->size && keys + ALIGNMENT > pool->size)
		return true;
	for (prefix = 0; prefix <= 32 && prefix + cpy_head_size(own->cpy) <= pool->size;
	     prefix += 16) {
		/* Its count is 0, or from 3.14 on the link to the next. */
		link = cpy_load64(at + prefix);
		if ((!link || (!(link & 15) && rg_image_segment(own->cpy->image, link))) &&
		    cpy_head_type(own->cpy, at + prefix) &&
		    cpy_type_fast(own->cpy, cpy_head_type(own->cpy, at + prefix)))
			return true;
	}
	return false;
}

/* The header, what is free or never was used; all of a pool that is free itself. */
static void own_pool(void *user, const struct pool *pool)
{
	struct own *own = user;
	uint64_t is_free[FREE_WORDS], block, end = pool->address + pool->room;
	uint32_t i;

	if (own->error)
		return;
	if (!pool->used || !read_free(pool, is_free)) {
		own->error = own->each(own->user, pool->address, end);
		return;
	}
	if (!rg_map_put(own->pools, pool->address, (uint32_t)pool->size)) {
		own->error = rg_error_no_memory();
		return;
	}
	own->error = own->each(own->user, pool->address, pool->address + POOL_HEADER);
	for (i = 0; !own->error && i < pool->begun; i++) {
		block = pool->address + POOL_HEADER + i * pool->size;
		if (is_free[i / 64] >> i % 64 & 1 || is_spare(own, pool, block))
			own->error = own->each(own->user, block, block + pool->size);
	}
	block = pool->address + POOL_HEADER + i * pool->size;
	if (!own->error)
		own->error = own->each(own->user, block, end);
}

uint64_t cpy_pools_round(const struct cpy *cpy, const struct rg_map *pools, uint64_t start,
			 uint64_t end)
{
	uint64_t pool = start & ~(pool_size(cpy) - 1), offset = start - pool;
	const uint32_t *size = rg_map_find(pools, pool);

	if (!size || offset < POOL_HEADER)
		return end;
	offset -= (offset - POOL_HEADER) % *size;
	return end < pool + offset + *size ? pool + offset + *size : end;
}

rg_error *cpy_pools_own(struct cpy *cpy, struct rg_map *ret_pools,
			rg_error *(*each)(void *user, uint64_t start, uint64_t end), void *user)
{
	struct own own = { cpy, each, user, ret_pools, NULL };

	/* A free one that is taken for used hides little; a stale one would name what is gone. */
	each_pool(cpy, true, own_pool, &own);
	return own.error;
}

/* ---- objects that nothing leads to any more ------------------------------------------- */

struct salvage {
	struct cpy *cpy;
	void (*each)(void *user, uint64_t object);
	void *user;
};

/* Whether the collector's head at @head names one at @link that names it, as far as is known. */
static bool link_fits(const struct cpy *cpy, uint64_t head, unsigned link)
{
	uint64_t at = cpy_word(cpy, head + link) & ~UINT64_C(3);

	if (!at || at & 7)
		return false;
	if (rg_image_was_mapped(cpy->image, at))
		return true;
	return (cpy_word(cpy, at + 8 - link) & ~UINT64_C(3)) == head;
}

/*
 * Whether the block at @block, which is in use, holds an object that the
 * collector knows, @prefix bytes into it: a type whose objects stand there, a
 * count that is none of the process's addresses, and a place on a list.
 */
static bool holds_object(struct cpy *cpy, uint64_t block, uint32_t prefix)
{
	uint64_t object = block + prefix, count = cpy_word(cpy, object);
	const unsigned char *head = cpy_head_at(cpy, object);
	const struct cpy_type *type;

	if (!head || !cpy_head_lives(cpy, head) || rg_image_segment(cpy->image, count) ||
	    rg_image_was_mapped(cpy->image, count))
		return false;
	type = cpy_type_fast(cpy, cpy_head_type(cpy, head));
	return type && type->is_gc && type->prefix == prefix &&
	       link_fits(cpy, object - 16, 0) && link_fits(cpy, object - 16, 8);
}

static void salvage_pool(void *user, const struct pool *pool)
{
	struct salvage *salvage = user;
	uint64_t is_free[FREE_WORDS], block;
	uint32_t i;

	if (!read_free(pool, is_free))
		return;
	for (i = 0; i < pool->begun; i++) {
		block = pool->address + POOL_HEADER + i * pool->size;
		if (is_free[i / 64] >> i % 64 & 1 || pool->size < 32)
			continue;
		if (holds_object(salvage->cpy, block, 16))
			salvage->each(salvage->user, block + 16);
		else if (pool->size >= 48 && holds_object(salvage->cpy, block, 32))
			salvage->each(salvage->user, block + 32);
	}
}

void cpy_pools_salvage(struct cpy *cpy, void (*each)(void *user, uint64_t object), void *user)
{
	struct salvage salvage = { cpy, each, user };

	each_pool(cpy, false, salvage_pool, &salvage);
}
