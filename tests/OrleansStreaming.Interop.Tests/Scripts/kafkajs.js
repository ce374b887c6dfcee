// usage: node kafkajs.js HOST:PORT   (NODE_PATH names the folder that holds kafkajs)
// Creates, describes, alters, fills and deletes a topic through kafkajs, and prints what it saw as one line of JSON.
const {
  Kafka, logLevel, CompressionTypes, ConfigResourceTypes, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes,
} = require('kafkajs');

// What a call is refused with; the name of the error's type.
async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return error.type ?? error.name;
  }
}

async function main(bootstrap) {
  const kafka = new Kafka({ clientId: 'interop', brokers: [bootstrap], logLevel: logLevel.ERROR, retry: { retries: 8 } });
  const admin = kafka.admin();
  await admin.connect();
  const seen = {};
  seen.created = await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: 'kafkajs', numPartitions: 3, replicationFactor: 1, configEntries: [{ name: 'retention.ms', value: '12345678' }] }],
  });
  seen.createdAgain = await admin.createTopics({ topics: [{ topic: 'kafkajs', numPartitions: 3 }] });
  seen.partitions = (await admin.fetchTopicMetadata({ topics: ['kafkajs'] })).topics[0].partitions.length;
  seen.controller = (await admin.describeCluster()).controller;
  const configs = await admin.describeConfigs({
    includeSynonyms: true,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'kafkajs', configNames: ['retention.ms', 'cleanup.policy'] }],
  });
  seen.configs = Object.fromEntries(configs.resources[0].configEntries.map((entry) => [entry.configName, entry.configValue]));
  await admin.alterConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'kafkajs', configEntries: [{ name: 'retention.ms', value: '87654321' }] }],
  });
  const altered = await admin.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'kafkajs', configNames: ['retention.ms'] }],
  });
  seen.altered = altered.resources[0].configEntries[0].configValue;

  for (const idempotent of [false, true]) {
    const producer = kafka.producer({ idempotent, maxInFlightRequests: 1 });
    await producer.connect();
    for (const compression of [CompressionTypes.None, CompressionTypes.GZIP]) {
      const messages = Array.from({ length: 500 }, (_, i) => ({ key: `key-${i % 50}`, value: `value-${i}`, headers: { n: `${i}` } }));
      await producer.send({ topic: 'kafkajs', compression, acks: -1, messages });
    }

    await producer.disconnect();
  }

  const consumer = kafka.consumer({ groupId: 'kafkajs-readers' });
  await consumer.connect();
  await consumer.subscribe({ topics: ['kafkajs'], fromBeginning: true });
  seen.consumed = 0;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({ eachMessage: async () => { if (++seen.consumed === 2000) resolve(); } }).catch(reject);
  });
  await consumer.disconnect();
  const committed = await admin.fetchOffsets({ groupId: 'kafkajs-readers', topics: ['kafkajs'] });
  seen.committed = committed[0].partitions.map((partition) => Number(partition.offset)).reduce((sum, offset) => sum + offset, 0);
  seen.groups = (await admin.listGroups()).groups.filter((group) => group.groupId === 'kafkajs-readers').length;
  await admin.deleteGroups(['kafkajs-readers']);

  await admin.createPartitions({ topicPartitions: [{ topic: 'kafkajs', count: 4 }] });
  const offsets = await admin.fetchTopicOffsets('kafkajs');
  seen.offsets = offsets.map((offset) => Number(offset.high)).reduce((sum, high) => sum + high, 0);
  seen.partitionsAfter = offsets.length;
  await admin.deleteTopicRecords({ topic: 'kafkajs', partitions: [{ partition: 0, offset: '1' }] });
  seen.low = (await admin.fetchTopicOffsets('kafkajs')).find((offset) => offset.partition === 0).low;
  seen.listed = (await admin.listTopics()).includes('kafkajs');
  await admin.deleteTopics({ topics: ['kafkajs'] });
  seen.listedAfterDelete = (await admin.listTopics()).includes('kafkajs');

  // What is not there is refused at once and by name, and the connection goes on.
  const everything = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY };
  seen.acls = await refusal(() => admin.describeAcls(everything));
  seen.deletedAcls = await refusal(() => admin.deleteAcls({ filters: [everything] }));
  const impatient = { retries: 1 };
  const transactional = kafka.producer({ transactionalId: 'kafkajs-tx', idempotent: true, maxInFlightRequests: 1, retry: impatient });
  seen.transaction = await refusal(async () => {
    await transactional.connect();
    await transactional.transaction();
  });
  await transactional.disconnect();
  const stranger = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: impatient, sasl: { mechanism: 'plain', username: 'u', password: 'p' } }).admin();
  seen.sasl = await refusal(() => stranger.connect());
  await stranger.disconnect();
  seen.brokersAfterwards = (await admin.describeCluster()).brokers.length;
  await admin.disconnect();
  console.log(JSON.stringify(seen));
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
