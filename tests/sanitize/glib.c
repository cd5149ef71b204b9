/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * GLib is not built with the thread sanitizer, which so does not see what its locks order, and takes all that they
 * guard for races. The linker puts these in the place of what we call (--wrap, sim/meson.build): they tell the
 * sanitizer what GLib promises, and then call GLib. Threads are pthreads and atomics are the compiler's: it knows them.
 */

#include <glib.h>
#include <sanitizer/tsan_interface.h>

void __real_g_mutex_lock(GMutex *mutex);
void __wrap_g_mutex_lock(GMutex *mutex);
void __real_g_mutex_unlock(GMutex *mutex);
void __wrap_g_mutex_unlock(GMutex *mutex);
void __real_g_cond_wait(GCond *cond, GMutex *mutex);
void __wrap_g_cond_wait(GCond *cond, GMutex *mutex);
gboolean __real_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end);
gboolean __wrap_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end);

void __wrap_g_mutex_lock(GMutex *mutex)
{
	__real_g_mutex_lock(mutex);
	__tsan_acquire(mutex);
}

void __wrap_g_mutex_unlock(GMutex *mutex)
{
	__tsan_release(mutex);
	__real_g_mutex_unlock(mutex);
}

void __wrap_g_cond_wait(GCond *cond, GMutex *mutex)
{
	__tsan_release(mutex);
	__real_g_cond_wait(cond, mutex);
	__tsan_acquire(mutex);
}

gboolean __wrap_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end)
{
	gboolean signalled;

	__tsan_release(mutex);
	signalled = __real_g_cond_wait_until(cond, mutex, end);
	__tsan_acquire(mutex);
	return signalled;
}
