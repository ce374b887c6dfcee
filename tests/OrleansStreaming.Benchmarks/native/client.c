/* A small load generator on librdkafka, the library behind kcat and most Kafka clients that are not Java.
 *
 *   client produce   BOOTSTRAP TOPIC PARTITIONS COUNT SIZE ACKS   produces and waits for every acknowledgement
 *   client consume   BOOTSTRAP TOPIC PARTITIONS COUNT             reads COUNT records from the beginning
 *   client first-ack BOOTSTRAP TOPIC                              produces one record and waits for its acknowledgement
 *   client latency   BOOTSTRAP TOPIC PARTITIONS COUNT SIZE ACKS RATE LINGER
 *                                                                 produces RATE records/s, some every millisecond, and times every
 *                                                                 acknowledgement
 *   client create    BOOTSTRAP TOPIC PARTITIONS REPLICATION       creates a topic with min.insync.replicas 2 when it is replicated
 *
 * Prints one line: seconds, as measured from the first call to the last acknowledgement or record; latency prints the median
 * and the 99th percentile instead, each measured from when the record was to be sent.
 * Payloads are passed by reference and delivery reports are asked for on failure only, so that as little as possible of the
 * machine goes to the client.
 */
#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH 1000
#define TICK 0.001

static atomic_long failures;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        fail(name, error);
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    if (message->err)
        failures++;
}

static rd_kafka_t *create(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char error[512];
    rd_kafka_t *rk = rd_kafka_new(type, conf, error, sizeof error);
    if (!rk)
        fail("client", error);
    return rk;
}

static void quiet(const rd_kafka_t *rk, int level, const char *facility, const char *text) {}

static void produce(const char *bootstrap, const char *topic, int partitions, long count, size_t size, const char *acks) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "acks", acks);
    set(conf, "linger.ms", "5");
    set(conf, "queue.buffering.max.messages", "1000000");
    set(conf, "queue.buffering.max.kbytes", "262144");
    set(conf, "delivery.report.only.error", "true");
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *rk = create(RD_KAFKA_PRODUCER, conf);
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(rk, 0, rkt, &metadata, 10000) == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(metadata);

    char *payload = malloc(size);
    for (size_t i = 0; i < size; i++)
        payload[i] = 'a' + rand() % 26;

    rd_kafka_message_t *batch = calloc(BATCH, sizeof *batch);
    double start = now();
    int partition = 0;
    for (long sent = 0; sent < count;) {
        int wanted = count - sent < BATCH ? (int)(count - sent) : BATCH;
        for (int i = 0; i < wanted; i++) {
            batch[i].payload = payload;
            batch[i].len = size;
            batch[i].err = 0;
        }

        int taken = rd_kafka_produce_batch(rkt, partition, 0, batch, wanted);
        sent += taken;
        partition = (partition + 1) % partitions;
        rd_kafka_poll(rk, taken < wanted ? 10 : 0);
        if (taken < wanted && batch[taken].err && batch[taken].err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            fail("produce", rd_kafka_err2str(batch[taken].err));
    }

    if (rd_kafka_flush(rk, 120000) != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail("flush", "not everything was acknowledged");
    double seconds = now() - start;
    if (failures)
        fail("produce", "deliveries failed");
    printf("%.6f\n", seconds);
    _exit(fflush(stdout));
}

static void consume(const char *bootstrap, const char *topic, int partitions, long count) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "queued.min.messages", "1000000");
    set(conf, "fetch.message.max.bytes", "1048576");
    rd_kafka_t *rk = create(RD_KAFKA_CONSUMER, conf);
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_message_t **batch = calloc(10000, sizeof *batch);
    double start = now();
    for (int p = 0; p < partitions; p++)
        if (rd_kafka_consume_start_queue(rkt, p, RD_KAFKA_OFFSET_BEGINNING, queue))
            fail("consume", rd_kafka_err2str(rd_kafka_last_error()));

    double patience = now() + 120;
    for (long read = 0; read < count;) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, 100, batch, 10000);
        for (ssize_t i = 0; i < got; i++) {
            if (batch[i]->err)
                fail("consume", rd_kafka_message_errstr(batch[i]));
            rd_kafka_message_destroy(batch[i]);
        }

        read += got;
        if (now() > patience)
            fail("consume", "not everything came back");
    }

    printf("%.6f\n", now() - start);
    _exit(fflush(stdout));
}

static void first_ack(const char *bootstrap, const char *topic) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "acks", "1");
    set(conf, "linger.ms", "0");
    set(conf, "reconnect.backoff.ms", "10");
    set(conf, "reconnect.backoff.max.ms", "10");
    set(conf, "topic.metadata.refresh.fast.interval.ms", "10");
    rd_kafka_conf_set_log_cb(conf, quiet);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *rk = create(RD_KAFKA_PRODUCER, conf);
    double start = now();
    if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE("x", 1), RD_KAFKA_V_END))
        fail("produce", "refused");
    while (rd_kafka_outq_len(rk) > 0 && now() - start < 60)
        rd_kafka_poll(rk, 1);
    if (rd_kafka_outq_len(rk) > 0 || failures)
        fail("first-ack", "no acknowledgement");
    printf("%.6f\n", now() - start);
    _exit(fflush(stdout));
}

static void until(double due) {
    struct timespec t = {(time_t)due, (long)((due - (time_t)due) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

struct timing {
    double *seconds;
    atomic_long count;
};

static void timed(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    struct timing *timing = opaque;
    double due;
    memcpy(&due, message->payload, sizeof due);
    if (message->err)
        failures++;
    else
        timing->seconds[timing->count++] = now() - due;
}

static _Noreturn void *serve(void *rk) {
    for (;;)
        rd_kafka_poll(rk, 1000);
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void latency(const char *bootstrap, const char *topic, int partitions, long count, size_t size, const char *acks, double rate, const char *linger) {
    struct timing timing = {calloc(count, sizeof(double)), 0};
    pthread_t listener;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    set(conf, "acks", acks);
    set(conf, "linger.ms", linger);
    rd_kafka_conf_set_opaque(conf, &timing);
    rd_kafka_conf_set_dr_msg_cb(conf, timed);
    rd_kafka_t *rk = create(RD_KAFKA_PRODUCER, conf);
    rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
    char *payload = calloc(1, size < sizeof(double) ? sizeof(double) : size);
    long warm = count / 10;
    if (pthread_create(&listener, NULL, serve, rk))
        fail("thread", "not started");
    double start = now();
    for (long sent = 0, tick = 1; sent < count; tick++) {
        // Asleep in between: a client that spins takes one of the cores that brokers and its own threads need.
        double due = start + tick * TICK;
        until(due);
        for (; sent < count && sent < tick * TICK * rate; sent++) {
            memcpy(payload, &due, sizeof due);
            if (rd_kafka_produce(rkt, (int)(sent % partitions), RD_KAFKA_MSG_F_COPY, payload, size, NULL, 0, NULL))
                fail("produce", "refused");
        }
    }

    for (double patience = now() + 120; timing.count + failures < count; usleep(1000))
        if (now() > patience)
            fail("wait", "not everything was acknowledged");
    if (failures)
        fail("produce", "deliveries failed");
    double *measured = timing.seconds + warm;
    long samples = timing.count - warm;
    qsort(measured, samples, sizeof *measured, ascending);
    printf("%.6f %.6f\n", measured[samples / 2], measured[samples * 99 / 100]);
    _exit(fflush(stdout));
}

static void create_topic(const char *bootstrap, const char *topic, int partitions, int replication) {
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bootstrap);
    rd_kafka_t *rk = create(RD_KAFKA_PRODUCER, conf);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, partitions, replication, error, sizeof error);
    if (!wanted)
        fail("create", error);
    if (replication > 1)
        rd_kafka_NewTopic_set_config(wanted, "min.insync.replicas", "2");
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    double start = now();
    rd_kafka_CreateTopics(rk, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 120000);
    if (!event || rd_kafka_event_error(event))
        fail("create", event ? rd_kafka_event_error_string(event) : "no answer");
    size_t results;
    const rd_kafka_topic_result_t **outcome = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &results);
    if (rd_kafka_topic_result_error(outcome[0]))
        fail("create", rd_kafka_topic_result_error_string(outcome[0]));
    printf("%.6f\n", now() - start);
    _exit(fflush(stdout));
}

int main(int argc, char **argv) {
    if (argc == 8 && !strcmp(argv[1], "produce"))
        produce(argv[2], argv[3], atoi(argv[4]), atol(argv[5]), atol(argv[6]), argv[7]);
    else if (argc == 6 && !strcmp(argv[1], "consume"))
        consume(argv[2], argv[3], atoi(argv[4]), atol(argv[5]));
    else if (argc == 4 && !strcmp(argv[1], "first-ack"))
        first_ack(argv[2], argv[3]);
    else if (argc == 10 && !strcmp(argv[1], "latency"))
        latency(argv[2], argv[3], atoi(argv[4]), atol(argv[5]), atol(argv[6]), argv[7], atof(argv[8]), argv[9]);
    else if (argc == 6 && !strcmp(argv[1], "create"))
        create_topic(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
    fprintf(stderr, "usage: client produce|consume|first-ack|latency|create …, see the head of client.c\n");
    return 2;
}
