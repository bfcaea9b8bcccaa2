/* SPDX-License-Identifier: MIT */
/*
 * Whether a thread waits in the kernel: the instruction before its program
 * counter is the one that enters it, and its number is still in a register.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "image/private.h"

enum {
	X86_64_ORIG_RAX = 15,
	X86_64_RIP = 16,
	AARCH64_X8 = 8,
	AARCH64_PC = 32,
};

/* Those that threads wait in; the others are told by number. */
static const struct {
	const char *name;
	uint16_t x86_64, aarch64;
} names[] = {
	{ "read", 0, 63 },
	{ "write", 1, 64 },
	{ "poll", 7, UINT16_MAX },
	{ "ppoll", 271, 73 },
	{ "select", 23, UINT16_MAX },
	{ "pselect6", 270, 72 },
	{ "pause", 34, UINT16_MAX },
	{ "nanosleep", 35, 101 },
	{ "clock_nanosleep", 230, 115 },
	{ "accept", 43, 202 },
	{ "accept4", 288, 242 },
	{ "connect", 42, 203 },
	{ "recvfrom", 45, 207 },
	{ "recvmsg", 47, 212 },
	{ "sendto", 44, 206 },
	{ "sendmsg", 46, 211 },
	{ "wait4", 61, 260 },
	{ "waitid", 247, 95 },
	{ "futex", 202, 98 },
	{ "epoll_wait", 232, UINT16_MAX },
	{ "epoll_pwait", 281, 22 },
	{ "flock", 73, 32 },
	{ "fsync", 74, 82 },
	{ "rt_sigsuspend", 130, 133 },
	{ "rt_sigtimedwait", 128, 137 },
	{ "tgkill", 234, 131 },
	{ "kill", 62, 129 },
};

static const char *name_of(bool x86, uint64_t number)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (number == (x86 ? names[i].x86_64 : names[i].aarch64))
			return names[i].name;
	return NULL;
}

int rg_image_system_call(const rg_image *image, const struct rg_image_thread *thread,
			 char name[RG_SYSTEM_CALL_SIZE])
{
	static const unsigned char enter_x86[] = { 0x0f, 0x05 };
	static const unsigned char enter_arm[] = { 0x01, 0x00, 0x00, 0xd4 };
	bool x86 = image->private->machine == EM_X86_64;
	uint64_t counter = thread->registers[x86 ? X86_64_RIP : AARCH64_PC];
	uint64_t number = thread->registers[x86 ? X86_64_ORIG_RAX : AARCH64_X8];
	size_t size = x86 ? sizeof(enter_x86) : sizeof(enter_arm);
	const void *before;
	const char *known;

	if (thread->register_count <= (x86 ? X86_64_RIP : AARCH64_PC))
		return -1;
	/* A core that was cut down may say zero of both. */
	if (!counter)
		return -1;
	before = rg_image_at(image, counter - size, size);
	if (!before)
		return -1;
	/* x86-64 keeps -1 there outside of system calls; else the code was not what it is now. */
	if (memcmp(before, x86 ? enter_x86 : enter_arm, size))
		return !x86 || number == UINT64_MAX ? 0 : -1;
	if (number > UINT16_MAX)
		return 0;
	known = name_of(x86, number);
	if (known)
		snprintf(name, RG_SYSTEM_CALL_SIZE, "%s", known);
	else
		snprintf(name, RG_SYSTEM_CALL_SIZE, "%u", (unsigned)number);
	return 1;
}
