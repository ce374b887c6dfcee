"""usage: kafka_python.py HOST:PORT

Creates, fills, reads and deletes a topic through kafka-python, and prints what it saw as one line of JSON.
"""
import json
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic


def main(bootstrap):
    seen = {}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic("python", 2, 1, topic_configs={"retention.ms": "12345678"})])
    configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "python")])
    entries = configs[0].resources[0][4]
    seen["retention"] = next(entry[1] for entry in entries if entry[0] == "retention.ms")
    admin.create_partitions({"python": NewPartitions(3)})

    for compression in (None, "gzip"):
        producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type=compression)
        for i in range(500):
            producer.send("python", key=b"key-%d" % (i % 50), value=b"value-%d" % i, headers=[("n", b"%d" % i)])
        producer.flush()
        producer.close()

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=15000, enable_auto_commit=False)
    partitions = [TopicPartition("python", p) for p in sorted(consumer.partitions_for_topic("python"))]
    seen["partitions"] = len(partitions)
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    total = sum(ends.values())
    seen["produced"] = total
    values, headers = [], 0
    for record in consumer:
        values.append(record.value.decode())
        headers += len(record.headers)
        if len(values) == total:
            break
    seen["distinct"] = len(set(values))
    seen["read"] = len(values)
    seen["headers"] = headers
    seen["byTime"] = sum(o.offset for o in consumer.offsets_for_times({p: 0 for p in partitions}).values() if o)
    consumer.close()

    admin.delete_topics(["python"])
    seen["listed"] = "python" in admin.list_topics()
    admin.close()
    print(json.dumps(seen))


main(sys.argv[1])
