/* What replication costs without a broker: one process sends blocks over loopback to a leader, which writes them to a file and
 * sends them on to its followers, which write them too. A block is acknowledged when every copy of it is written.
 *   copies FOLDER MEBIBYTES COPIES     prints the seconds until the last acknowledgement
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, UNDER_WAY = 8, MOST_COPIES = 8 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void take(int from, char *buffer, size_t count) {
    while (count > 0) {
        ssize_t n = read(from, buffer, count);
        if (n <= 0)
            fail("read");
        buffer += n;
        count -= n;
    }
}

static void give(int to, const char *buffer, size_t count) {
    while (count > 0) {
        ssize_t n = write(to, buffer, count);
        if (n <= 0)
            fail("write");
        buffer += n;
        count -= n;
    }
}

/* Both ends of a TCP connection over loopback, buffers as wide as a broker's, and without pacing. */
static void connection(int ends[2]) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int on = 1, wide = BLOCK, listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&address, &length))
        fail("listen");
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(ends[0], (struct sockaddr *)&address, length))
        fail("connect");
    ends[1] = accept(listener, NULL, NULL);
    close(listener);
    for (int i = 0; i < 2; i++) {
        setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(ends[i], IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
        setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
        setsockopt(ends[i], SOL_SOCKET, SO_RCVBUF, &wide, sizeof wide);
    }
}

static int new_file(const char *folder, int copy) {
    char path[4096];
    snprintf(path, sizeof path, "%s/copy-%d", folder, copy);
    int file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (file < 0)
        fail(path);
    unlink(path);
    return file;
}

/* Writes what comes, sends it on, and acknowledges; followers' acknowledgements are awaited UNDER_WAY blocks late. */
static void keep(const char *folder, int copy, int from, const int *followers, int count, long blocks) {
    char *buffer = malloc(BLOCK), ack = 1;
    int file = new_file(folder, copy);
    for (long sent = 0, acknowledged = 0; acknowledged < blocks;) {
        if (sent < blocks) {
            take(from, buffer, BLOCK);
            give(file, buffer, BLOCK);
            for (int i = 0; i < count; i++)
                give(followers[i], buffer, BLOCK);
            sent++;
        }
        while (acknowledged < sent && (count == 0 || sent == blocks || sent - acknowledged == UNDER_WAY)) {
            for (int i = 0; i < count; i++)
                take(followers[i], &ack, 1);
            give(from, &ack, 1);
            acknowledged++;
        }
    }
    exit(0);
}

int main(int argc, char **argv) {
    if (argc != 4 || atol(argv[2]) < 1 || atoi(argv[3]) < 1 || atoi(argv[3]) > MOST_COPIES) {
        fprintf(stderr, "copies FOLDER MEBIBYTES COPIES\n");
        return 2;
    }

    long blocks = atol(argv[2]);
    int copies = atoi(argv[3]), followers[MOST_COPIES], up[2];
    for (int copy = 1; copy < copies; copy++) {
        int ends[2];
        connection(ends);
        if (fork() == 0)
            keep(argv[1], copy, ends[1], NULL, 0, blocks);
        followers[copy - 1] = ends[0];
        close(ends[1]);
    }
    connection(up);
    if (fork() == 0)
        keep(argv[1], 0, up[1], followers, copies - 1, blocks);
    close(up[1]);

    char *block = malloc(BLOCK), ack;
    memset(block, 7, BLOCK);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long sent = 0, acknowledged = 0; acknowledged < blocks;) {
        if (sent < blocks && sent - acknowledged < 2 * UNDER_WAY) {
            give(up[0], block, BLOCK);
            sent++;
        } else {
            take(up[0], &ack, 1);
            acknowledged++;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    int status, failed = 0;
    while (wait(&status) > 0)
        failed |= status;
    return failed != 0;
}
