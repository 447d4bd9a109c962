// A disk that can be watched and broken: preloaded into a process (LD_PRELOAD), it sees every call that changes or reads files below FIRE_DIR.
//
//   FIRE_DIR      folder that is watched; everything else passes untouched
//   FIRE_LOG      file to which every call is appended with its bytes, in one order (PowerLoss/DiskLog.cs reads it); none without
//   FIRE_NOSYNC   set: syncs are recorded but not carried out
//   FIRE_CONTROL  shared memory (Native/DiskControl.cs writes it): which call fails, how, and how long a sync takes; none without
//
// A sync is recorded when it has ended, together with the length that the log had when it began: what was written meanwhile is not promised by it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 65536, MAX_INODES = 65536, FOLDER = -1 };
enum { WRITES = 1, TRUNCATES = 2, SYNCS = 4, OPENS = 8, NAMES = 16, READS = 32 };
enum { FAILS, HALF, KILLS };

// The layout is that of Native/DiskControl.cs.
struct control {
  int32_t armed, kinds;      // counts and fails only while armed; sum of the kinds that count
  int64_t calls;             // counted so far
  int64_t first, last;       // calls that fail, counting from 1; first 0: none
  int32_t error, how;        // errno; how: FAILS, or HALF: a write writes half of its bytes, or KILLS: the process is killed before the call
  int64_t sync_delay;        // microseconds that a sync takes longer
  int64_t injected;          // failures so far
  char suffix[32];           // only files whose path ends so; empty: all
};

struct inode { dev_t device; ino_t number; char path[512]; };

static int files[MAX_FD];                 // 0: not watched; FOLDER; else index in inodes + 1
static struct inode inodes[MAX_INODES];
static char *folders[MAX_FD];
static int inode_count;
static int log_fd = -1, no_sync;
static const char *dir;
static size_t dir_length;
static struct control *control;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__); if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name)

static void start(void) {
  REAL(int, open, const char *, int, ...);
  const char *name = getenv("FIRE_DIR");
  dir = name ? name : "";
  dir_length = strlen(dir);
  no_sync = getenv("FIRE_NOSYNC") != 0;
  if ((name = getenv("FIRE_LOG"))) log_fd = real_open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if ((name = getenv("FIRE_CONTROL"))) {
    int fd = real_open(name, O_RDWR | O_CLOEXEC, 0);
    void *at = fd < 0 ? MAP_FAILED : mmap(0, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) control = at;
  }
}

static void ready(void) { pthread_once(&once, start); }
static int watched_path(const char *path) { ready(); return dir_length && path && !strncmp(path, dir, dir_length); }
static int watched(int fd) { return fd >= 0 && fd < MAX_FD && files[fd]; }
static const char *path_of(int fd) { return files[fd] == FOLDER ? folders[fd] : inodes[files[fd] - 1].path; }

// ---- the log: 24 bytes of head, then the bytes

struct head { uint8_t kind, pad[3]; int32_t file; int64_t at, length; };

static void record(char kind, int file, int64_t at, const void *bytes, size_t length) {
  if (log_fd < 0) return;
  struct head head = { (uint8_t)kind, {0}, file, at, (int64_t)length };
  struct iovec parts[2] = { { &head, sizeof head }, { (void *)bytes, length } };
  REAL(ssize_t, writev, int, const struct iovec *, int);
  if (real_writev(log_fd, parts, 2) != (ssize_t)(sizeof head + length)) { fputs("disk.so: the log is cut off\n", stderr); _exit(99); }
}

static int64_t log_length(void) { struct stat s; return log_fd < 0 || fstat(log_fd, &s) ? 0 : s.st_size; }

static void record_names(char kind, const char *from, const char *to) {
  char both[2048];
  int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to ? to : "");
  record(kind, -1, 0, both, to ? (size_t)length : strlen(from));
}

// ---- faults

// 0, or the errno with which this call fails; -1: writes half.
static int fault(int kind, const char *path) {
  if (!control || !control->armed || !(control->kinds & kind)) return 0;
  size_t wanted = strnlen(control->suffix, sizeof control->suffix), length = strlen(path);
  if (wanted && (length < wanted || memcmp(path + length - wanted, control->suffix, wanted))) return 0;
  int64_t call = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
  if (!control->first || call < control->first || call > control->last) return 0;
  __atomic_add_fetch(&control->injected, 1, __ATOMIC_SEQ_CST);
  if (control->how == KILLS) for (kill(getpid(), SIGKILL);;) pause();
  return control->how == HALF && kind == WRITES ? -1 : control->error;
}

static int failed(int kind, const char *path) {
  int error = fault(kind, path);
  if (error > 0) errno = error;
  return error > 0;
}

// ---- opening

static int find(const struct stat *s) {
  for (int i = inode_count - 1; i >= 0; i--) if (inodes[i].device == s->st_dev && inodes[i].number == s->st_ino) return i;
  return -1;
}

static void record_content(int file, int fd, int64_t length) {
  REAL(ssize_t, pread, int, void *, size_t, off_t);
  char *bytes = malloc((size_t)length + 1);
  int reader = -1;
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) { REAL(int, open, const char *, int, ...); fd = reader = real_open(inodes[file].path, O_RDONLY | O_CLOEXEC); }
  int64_t done = 0;
  for (ssize_t n; done < length && (n = real_pread(fd, bytes + done, (size_t)(length - done), done)) > 0;) done += n;
  record('I', file, 0, bytes, (size_t)done);
  free(bytes);
  if (reader >= 0) { REAL(int, close, int); real_close(reader); }
}

static void track(const char *path, int fd, int flags, int existed, int64_t length_before) {
  struct stat s;
  if (fd < 0 || fd >= MAX_FD || fstat(fd, &s)) return;
  if (S_ISDIR(s.st_mode)) { free(folders[fd]); folders[fd] = strdup(path); files[fd] = FOLDER; return; }
  if (!S_ISREG(s.st_mode)) return;
  int file = existed ? find(&s) : -1;
  if (file < 0) {
    if (inode_count == MAX_INODES) { fputs("disk.so: too many files\n", stderr); _exit(99); }
    file = inode_count++;
    inodes[file].device = s.st_dev;
    inodes[file].number = s.st_ino;
    snprintf(inodes[file].path, sizeof inodes[file].path, "%s", path);
    record('N', file, !existed, path, strlen(path));
    // -shm is memory that SQLite rebuilds after a crash.
    size_t n = strlen(path);
    if (existed && log_fd >= 0 && length_before > 0 && !(n > 4 && !strcmp(path + n - 4, "-shm")) && !(flags & O_TRUNC)) record_content(file, fd, length_before);
  }
  files[fd] = file + 1;
  if (flags & O_TRUNC) record('T', file, 0, 0, 0);
}

static int opened(const char *path, int flags, mode_t mode, int (*real)(const char *, int, ...)) {
  if (!watched_path(path)) return real(path, flags, mode);
  if (failed(OPENS, path)) return -1;
  pthread_mutex_lock(&gate);
  struct stat before;
  int existed = !stat(path, &before);
  int fd = real(path, flags, mode), error = errno;
  if (fd >= 0 && fd < MAX_FD) files[fd] = 0;
  track(path, fd, flags, existed, existed ? before.st_size : 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return fd;
}

#define OPEN(name) int name(const char *path, int flags, ...) { \
  mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
  REAL(int, name, const char *, int, ...); \
  return opened(path, flags, mode, real_##name); }
OPEN(open)
OPEN(open64)

int close(int fd) {
  REAL(int, close, int);
  if (fd >= 0 && fd < MAX_FD) files[fd] = 0;
  return real_close(fd);
}

// ---- writing and reading

static ssize_t written(int fd, const void *bytes, size_t length, off_t at, ssize_t (*real)(int, const void *, size_t, off_t)) {
  if (!watched(fd) || files[fd] == FOLDER) return real(fd, bytes, length, at);
  int error = fault(WRITES, path_of(fd));
  if (error > 0 || (error < 0 && length < 2)) { errno = error > 0 ? error : ENOSPC; return -1; }
  pthread_mutex_lock(&gate);
  ssize_t n = real(fd, bytes, error < 0 ? length / 2 : length, at);
  int kept = errno;
  if (n > 0) record('W', files[fd] - 1, at, bytes, (size_t)n);
  pthread_mutex_unlock(&gate);
  errno = kept;
  return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { REAL(ssize_t, pwrite, int, const void *, size_t, off_t); return written(fd, bytes, length, at, real_pwrite); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t); return written(fd, bytes, length, at, real_pwrite64); }

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, write, int, const void *, size_t);
  if (!watched(fd) || files[fd] == FOLDER) return real_write(fd, bytes, length);
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  off_t at = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  ssize_t n = written(fd, bytes, length, at, real_pwrite);
  if (n > 0) lseek(fd, at + n, SEEK_SET);
  return n;
}

static ssize_t got(int fd, void *bytes, size_t length, off_t at, ssize_t (*real)(int, void *, size_t, off_t)) {
  return watched(fd) && files[fd] != FOLDER && failed(READS, path_of(fd)) ? -1 : real(fd, bytes, length, at);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t at) { REAL(ssize_t, pread, int, void *, size_t, off_t); return got(fd, bytes, length, at, real_pread); }
ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) { REAL(ssize_t, pread64, int, void *, size_t, off64_t); return got(fd, bytes, length, at, real_pread64); }

static int cut(int fd, off_t length, int (*real)(int, off_t)) {
  if (!watched(fd)) return real(fd, length);
  if (failed(TRUNCATES, path_of(fd))) return -1;
  pthread_mutex_lock(&gate);
  int result = real(fd, length), kept = errno;
  if (!result) record('T', files[fd] - 1, length, 0, 0);
  pthread_mutex_unlock(&gate);
  errno = kept;
  return result;
}

int ftruncate(int fd, off_t length) { REAL(int, ftruncate, int, off_t); return cut(fd, length, real_ftruncate); }
int ftruncate64(int fd, off64_t length) { REAL(int, ftruncate64, int, off64_t); return cut(fd, length, real_ftruncate64); }

// .NET opens folders by a path that does not pass here; a folder below FIRE_DIR that is synced is found by its descriptor.
static void track_folder(int fd) {
  struct stat s;
  char name[64], path[1024];
  ready();
  if (fd < 0 || fd >= MAX_FD || !dir_length || fstat(fd, &s) || !S_ISDIR(s.st_mode)) return;
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(name, path, sizeof path - 1);
  if (n <= 0) return;
  path[n] = 0;
  if (!watched_path(path)) return;
  pthread_mutex_lock(&gate);
  free(folders[fd]);
  folders[fd] = strdup(path);
  files[fd] = FOLDER;
  pthread_mutex_unlock(&gate);
}

static int synced(int fd, int (*real)(int)) {
  if (!watched(fd)) track_folder(fd);
  if (!watched(fd)) return real(fd);
  if (control && control->sync_delay > 0) {
    struct timespec wait = { control->sync_delay / 1000000, control->sync_delay % 1000000 * 1000 };
    nanosleep(&wait, 0);
  }
  if (failed(SYNCS, path_of(fd))) {
    int error = errno;
    pthread_mutex_lock(&gate);
    if (files[fd] != FOLDER) record('F', files[fd] - 1, 0, 0, 0);
    pthread_mutex_unlock(&gate);
    errno = error;
    return -1;
  }
  pthread_mutex_lock(&gate);
  int64_t began = log_length();
  pthread_mutex_unlock(&gate);
  int result = no_sync ? 0 : real(fd), kept = errno;
  pthread_mutex_lock(&gate);
  if (!result) {
    if (files[fd] == FOLDER) record('D', -1, began, folders[fd], strlen(folders[fd]));
    else record('S', files[fd] - 1, began, 0, 0);
  }
  pthread_mutex_unlock(&gate);
  errno = kept;
  return result;
}

int fsync(int fd) { REAL(int, fsync, int); return synced(fd, real_fsync); }
int fdatasync(int fd) { REAL(int, fdatasync, int); return synced(fd, real_fdatasync); }

// ---- names

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  if (!watched_path(path)) return real_unlink(path);
  if (failed(NAMES, path)) return -1;
  pthread_mutex_lock(&gate);
  int result = real_unlink(path), kept = errno;
  if (!result) record_names('U', path, 0);
  pthread_mutex_unlock(&gate);
  errno = kept;
  return result;
}

static int named(char kind, const char *from, const char *to, int (*real)(const char *, const char *)) {
  if (!watched_path(to)) return real(from, to);
  if (failed(NAMES, to)) return -1;
  pthread_mutex_lock(&gate);
  int result = real(from, to), kept = errno;
  if (!result) record_names(kind, from, to);
  pthread_mutex_unlock(&gate);
  errno = kept;
  return result;
}

int rename(const char *from, const char *to) { REAL(int, rename, const char *, const char *); return named('R', from, to, real_rename); }
int link(const char *from, const char *to) { REAL(int, link, const char *, const char *); return named('L', from, to, real_link); }
