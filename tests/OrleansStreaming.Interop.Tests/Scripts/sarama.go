// usage: go run sarama.go HOST:PORT
// Creates, fills, reads, describes, grows and deletes a topic through sarama, and prints what it saw as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Shopify/sarama"
)

const topic = "sarama"

func must(err error) {
	if err != nil {
		log.Fatalf("%T: %v", err, err)
	}
}

// all collects each record once, and tells when it has them all.
type all struct {
	mutex sync.Mutex
	seen  map[string]bool
	want  int
	done  chan struct{}
}

func newAll(want int) *all { return &all{seen: map[string]bool{}, want: want, done: make(chan struct{})} }

func (a *all) add(message *sarama.ConsumerMessage) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	position := fmt.Sprint(message.Partition, "/", message.Offset)
	if !a.seen[position] {
		a.seen[position] = true
		if len(a.seen) == a.want {
			close(a.done)
		}
	}
}

func (a *all) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (a *all) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (a *all) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		a.add(message)
		session.MarkMessage(message, "")
	}
	return nil
}

func main() {
	brokers := []string{os.Args[1]}
	seen := map[string]int64{}
	config := sarama.NewConfig()
	config.Version = sarama.V2_0_0_0
	config.Producer.Return.Successes = true
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.CommitInterval = 100 * time.Millisecond
	admin, err := sarama.NewClusterAdmin(brokers, config)
	must(err)
	retention := "7777777"
	must(admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 3, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": &retention}}, false))
	entries, err := admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{"retention.ms"}})
	must(err)
	seen["retention"], err = strconv.ParseInt(entries[0].Value, 10, 64)
	must(err)

	total := 0
	for _, codec := range []sarama.CompressionCodec{sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4} {
		for _, idempotent := range []bool{false, true} {
			own := *config
			own.Producer.Compression = codec
			own.Producer.RequiredAcks = sarama.WaitForAll
			if own.Producer.Idempotent = idempotent; idempotent {
				own.Net.MaxOpenRequests = 1
			}
			producer, err := sarama.NewSyncProducer(brokers, &own)
			must(err)
			var messages []*sarama.ProducerMessage
			for i := 0; i < 200; i++ {
				messages = append(messages, &sarama.ProducerMessage{
					Topic:   topic,
					Key:     sarama.StringEncoder(fmt.Sprint("key-", i)),
					Value:   sarama.StringEncoder(strings.Repeat("v", i)),
					Headers: []sarama.RecordHeader{{Key: []byte("codec"), Value: []byte(codec.String())}},
				})
			}
			must(producer.SendMessages(messages))
			must(producer.Close())
			total += len(messages)
		}
	}

	client, err := sarama.NewClient(brokers, config)
	must(err)
	consumer, err := sarama.NewConsumerFromClient(client)
	must(err)
	read := newAll(total)
	for partition := int32(0); partition < 3; partition++ {
		newest, err := client.GetOffset(topic, partition, sarama.OffsetNewest)
		must(err)
		seen["newest"] += newest
		claim, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
		must(err)
		go func() {
			for message := range claim.Messages() {
				read.add(message)
			}
		}()
	}
	<-read.done
	seen["read"] = int64(len(read.seen))

	group, err := sarama.NewConsumerGroup(brokers, "sarama-readers", config)
	must(err)
	grouped := newAll(total)
	context, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- group.Consume(context, []string{topic}, grouped) }()
	<-grouped.done
	cancel()
	must(<-ended)
	must(group.Close())
	seen["grouped"] = int64(len(grouped.seen))
	offsets, err := sarama.NewOffsetManagerFromClient("sarama-readers", client)
	must(err)
	for partition := int32(0); partition < 3; partition++ {
		managed, err := offsets.ManagePartition(topic, partition)
		must(err)
		next, _ := managed.NextOffset()
		seen["committed"] += next
		must(managed.Close())
	}

	must(admin.CreatePartitions(topic, 4, nil, false))
	must(admin.DeleteRecords(topic, map[int32]int64{0: 1}))
	must(client.RefreshMetadata(topic))
	partitions, err := client.Partitions(topic)
	must(err)
	seen["partitions"] = int64(len(partitions))
	seen["oldest"], err = client.GetOffset(topic, 0, sarama.OffsetOldest)
	must(err)
	must(admin.DeleteTopic(topic))
	topics, err := admin.ListTopics()
	must(err)
	if _, found := topics[topic]; found {
		seen["listed"] = 1
	} else {
		seen["listed"] = 0
	}
	line, err := json.Marshal(seen)
	must(err)
	fmt.Println(string(line))
}
