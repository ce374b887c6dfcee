// usage: node platformatic.js HOST:PORT   (NODE_PATH names the folder that holds @platformatic/kafka)
// Fills a topic with every codec, reads it as a classic and as a KIP-848 group, administers both, and prints what it saw as one
// line of JSON.
const { setTimeout } = require('node:timers/promises');
const { Admin, Consumer, Producer, ProduceAcks, ConfigResourceTypes, IncrementalAlterConfigOperationTypes, ListOffsetTimestamps } = require('@platformatic/kafka');

const topic = 'platformatic';
const codecs = ['none', 'gzip', 'snappy', 'lz4']; // zstd needs a newer Node.js
const each = 400;

async function produce(base, seen) {
  seen.produced = {};
  for (const compression of codecs) {
    for (const idempotent of [false, true]) {
      const producer = new Producer({ ...base, compression, idempotent, acks: idempotent ? ProduceAcks.ALL : ProduceAcks.LEADER });
      const messages = Array.from({ length: each }, (_, i) => ({
        topic,
        partition: i % 4,
        key: i % 3 ? Buffer.from(`key-${i}`) : undefined,
        value: Buffer.from(`value-${i}`.padEnd(i, '.')),
        headers: new Map([[Buffer.from('codec'), Buffer.from(compression)]]),
        timestamp: 1700000000000n + BigInt(i),
      }));
      const { offsets } = await producer.send({ messages });
      seen.produced[`${compression} ${idempotent}`] = offsets.length;
      await producer.close();
    }
  }

  const large = new Producer(base);
  await large.send({ messages: [{ topic, partition: 0, value: Buffer.alloc(900 * 1024, 'x') }] });
  await large.close();
}

// Two members of one group, until they have read everything together. What moves from one to the other may be read twice.
async function read(base, groupId, options, expected) {
  const consumers = [], streams = [];
  const codecsSeen = {};
  const values = new Set();
  let finish;
  const done = new Promise((resolve) => { finish = resolve; });
  for (let member = 0; member < 2; member++) {
    const consumer = new Consumer({ ...base, groupId, maxWaitTime: 200, ...options });
    const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false, ...options });
    consumers.push(consumer);
    streams.push(stream);
    stream.on('data', (message) => {
      const position = `${message.partition}/${message.offset}`;
      if (!values.has(position)) {
        const codec = [...message.headers.values()][0] ?? 'large';
        codecsSeen[codec] = (codecsSeen[codec] ?? 0) + 1;
        values.add(position);
      }

      message.commit();
      if (values.size === expected) finish();
    });
    stream.on('error', (error) => { if (!stream.closed && !consumer.closed) { console.error(error); process.exit(1); } });
  }

  await done;
  return { consumers, streams, codecs: codecsSeen, distinct: values.size };
}

async function main(bootstrap) {
  const base = { clientId: 'interop', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 200 };
  const seen = {};
  const admin = new Admin({ ...base, strict: true });
  seen.apis = (await admin.listApis()).length;
  const created = await admin.createTopics({ topics: [topic], partitions: 4, replicas: 1 });
  seen.created = created[0].partitions;
  seen.retention = created[0].configuration['retention.ms'];
  await produce(base, seen);

  const expected = codecs.length * 2 * each + 1;
  for (const groupProtocol of ['classic', 'consumer']) {
    const group = await read(base, `platformatic-${groupProtocol}`, { groupProtocol }, expected);
    seen[groupProtocol] = { distinct: group.distinct, codecs: group.codecs };
    for (let i = 0; i < 100 && seen[groupProtocol].committed !== expected; i++) {
      const [offsets] = await admin.listConsumerGroupOffsets({ groups: [`platformatic-${groupProtocol}`] });
      seen[groupProtocol].committed = offsets.topics.flatMap((found) => found.partitions).reduce((sum, p) => sum + Number(p.committedOffset), 0);
      if (seen[groupProtocol].committed !== expected) await setTimeout(200);
    }

    const groups = await admin.listGroups({ types: [groupProtocol] });
    seen[groupProtocol].state = groups.get(`platformatic-${groupProtocol}`)?.state;
    seen[groupProtocol].type = groups.get(`platformatic-${groupProtocol}`)?.groupType;
    for (const stream of group.streams) await stream.close();
    for (const consumer of group.consumers) await consumer.close(true);
    await admin.alterConsumerGroupOffsets({ groupId: `platformatic-${groupProtocol}`, topics: [{ name: topic, partitionOffsets: [{ partition: 1, offset: 7n }] }] });
    const [altered] = await admin.listConsumerGroupOffsets({ groups: [{ groupId: `platformatic-${groupProtocol}`, topics: [{ name: topic, partitionIndexes: [1] }] }] });
    seen[groupProtocol].altered = Number(altered.topics[0].partitions[0].committedOffset);
    await admin.deleteConsumerGroupOffsets({ groupId: `platformatic-${groupProtocol}`, topics: [{ name: topic, partitionIndexes: [1] }] });
    await admin.deleteGroups({ groups: [`platformatic-${groupProtocol}`] });
    seen[groupProtocol].deleted = !(await admin.listGroups({ types: [groupProtocol] })).has(`platformatic-${groupProtocol}`);
  }

  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic };
  await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [{ name: 'retention.ms', configOperation: IncrementalAlterConfigOperationTypes.SET, value: '88888888' }] }] });
  const [described] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: ['retention.ms'] }], includeSynonyms: true, includeDocumentation: true });
  seen.altered = described.configs[0].value;
  await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: [{ brokerIds: [1] }] }] });
  const partitions = [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, timestamp: ListOffsetTimestamps.LATEST }));
  const [latest] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  seen.latest = latest.partitions.reduce((sum, partition) => sum + Number(partition.offset), 0);
  const [byTime] = await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 1, timestamp: 1700000000005n }] }] });
  seen.byTime = Number(byTime.partitions[0].offset);
  const [removed] = await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 2, offset: 3n }] }] });
  seen.low = Number(removed.partitions[0].lowWatermark);
  const [logs] = await admin.describeLogDirs({ topics: [{ name: topic, partitions: [0] }] });
  seen.logged = logs.results[0].topics[0].partitions[0].partitionSize > 0n;
  const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
  seen.partitions = metadata.topics.get(topic).partitionsCount;
  await admin.deleteTopics({ topics: [topic] });
  seen.listed = (await admin.listTopics()).includes(topic);
  await admin.close();
  console.log(JSON.stringify(seen));
}

main(process.argv[2]).catch((error) => {
  console.error(require('node:util').inspect(error, { depth: 6 }));
  process.exit(1);
});
