// The wall clock of a process, set from outside while it runs: preloaded, it adds FIRE_CLOCK's microseconds (Native/WallClock.cs writes them) to what the kernel says.
// Clocks that only count on, which timers and timeouts use, pass untouched, as when somebody sets a machine's clock.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) {
  const char *name = getenv("FIRE_CLOCK");
  int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  void *at = fd < 0 ? MAP_FAILED : mmap(0, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) offset = at;
}

static int64_t step(void) { pthread_once(&once, start); return offset ? *offset : 0; }

int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, at);
  if (result || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return result;
  int64_t nanoseconds = at->tv_nsec + step() % 1000000 * 1000;
  at->tv_sec += step() / 1000000 + (nanoseconds < 0 ? -1 : nanoseconds / 1000000000);
  at->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return result;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
