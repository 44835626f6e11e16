/* Makes the record's disk fail as a file says: preloaded into the process that is tried. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* What the file says now: one word. */
static int says(const char *word) {
    const char *path = getenv("PERISCOPE_FAULT");
    char text[32] = {0};
    if (!path) return 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
    if (fd < 0) return 0;
    ssize_t got = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    return got > 0 && strncmp(text, word, strlen(word)) == 0;
}

static int ours(int fd) {
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "audit.db") != NULL && strstr(path, "audit.db-index") == NULL;
}

static int fails_to_write(int fd) {
    if (!ours(fd)) return 0;
    if (says("full")) { errno = ENOSPC; return 1; }
    if (says("eio-write")) { errno = EIO; return 1; }
    return 0;
}

static int fails_to_sync(int fd) {
    if (!ours(fd)) return 0;
    if (says("eio-sync")) { errno = EIO; return 1; }
    struct timespec moment = {0, 20 * 1000 * 1000};
    if (says("slow")) for (int at = 0; at < 20; at++) nanosleep(&moment, NULL);
    while (says("stuck")) nanosleep(&moment, NULL);
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    return fails_to_write(fd) ? -1 : syscall(SYS_write, fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return fails_to_write(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
    return fails_to_write(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, at);
}
int fsync(int fd) { return fails_to_sync(fd) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fails_to_sync(fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
