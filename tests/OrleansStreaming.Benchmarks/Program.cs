using System.CommandLine;
using OrleansStreaming.Benchmarks.Clusters;
using OrleansStreaming.Benchmarks.Endpoints;
using OrleansStreaming.Benchmarks.Logs;
using OrleansStreaming.Benchmarks.Micro;
using OrleansStreaming.Benchmarks.Peers;
using OrleansStreaming.Benchmarks.Sdk;
using OrleansStreaming.Benchmarks.Silos;

var mebibytes = new Option<int>("--mib") { Description = "Bytes per run, in MiB.", DefaultValueFactory = _ => 256 };
var rounds = new Option<int>("--rounds") { Description = "Runs of each kind, in turns.", DefaultValueFactory = _ => 5 };
var folder = new Option<string>("--dir") { Description = "Where files are written.", DefaultValueFactory = _ => Path.GetTempPath() };
var filter = new Option<string>("--filter") { Description = "Which micro-benchmarks.", DefaultValueFactory = _ => "*" };
var listen = new Option<int>("--port") { Description = "Port of the null broker.", Required = true };

var log = new Command("log", "Append and read of the log against plain sequential writes and reads of the same bytes.") { mebibytes, rounds, folder };
log.SetAction(parsed => LogBenchmark.Run(parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(folder)!));

var records = new Option<int>("--records") { Description = "Records written.", DefaultValueFactory = _ => 1_000_000 };
var keys = new Option<int>("--keys") { Description = "Keys they are spread over.", DefaultValueFactory = _ => 10_000 };
var compaction = new Command("compaction", "What is left of many records over few keys when the log is compacted while it is written and read.") { records, keys, folder };
compaction.SetAction((parsed, _) => CompactionBenchmark.RunAsync(parsed.GetValue(records), parsed.GetValue(keys), parsed.GetValue(folder)!));

var endpoint = new Command("endpoint", "The broker against a null broker: the same endpoint, with replicas that store nothing.") { mebibytes, rounds, folder };
endpoint.SetAction((parsed, _) => EndpointBenchmark.RunAsync(parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(folder)!));

var peers = new Command("peers", "Throughput, CPU, memory and start-up of the broker under librdkafka, beside the goals set against other brokers.") { mebibytes, rounds, folder };
peers.SetAction((parsed, _) => PeersBenchmark.RunAsync(parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(folder)!));

var cluster = new Command("cluster", "Three brokers: acks=all on three replicas against acks=1 on one, and what an idle cluster costs.") { mebibytes, rounds, folder };
cluster.SetAction((parsed, _) => ClusterBenchmark.RunAsync(parsed.GetValue(mebibytes), parsed.GetValue(rounds), parsed.GetValue(folder)!));

var micro = new Command("micro", "Batch validation and codecs under BenchmarkDotNet; allocating more than the budget fails.") { filter };
micro.SetAction(parsed => MicroBenchmarks.Run(parsed.GetValue(filter)!));

var clusterCalls = new Command("cluster-calls", "Calls between two silos in two processes: latency, throughput, and both at once.") { mebibytes, rounds };
clusterCalls.SetAction((parsed, _) => ClusterCallsBenchmark.RunAsync(parsed.GetValue(mebibytes), parsed.GetValue(rounds)));

var clusterCallee = new Command("cluster-callee", "The other silo of 'cluster-calls'.") { folder };
clusterCallee.SetAction((parsed, _) => ClusterCallsBenchmark.ServeAsync(parsed.GetValue(folder)!));
clusterCallee.Hidden = true;

var sdk = new Command("sdk", "The SDK beside its broker and in a process of its own, against librdkafka on the Kafka endpoint; many callers that await each record; test clusters' starts.") { records, rounds, folder };
sdk.SetAction((parsed, _) => SdkBenchmark.RunAsync(parsed.GetValue(records), parsed.GetValue(rounds), parsed.GetValue(folder)!));

var sdkClient = new Command("sdk-client", "The external client of 'sdk'.") { folder };
sdkClient.SetAction((parsed, _) => ExternalClient.ServeAsync(parsed.GetValue(folder)!));
sdkClient.Hidden = true;

var nullBroker = new Command("null-broker", "Serves the null broker that 'endpoint' measures.") { listen };
nullBroker.SetAction((parsed, cancellation) => NullBroker.RunAsync(parsed.GetValue(listen), cancellation));
nullBroker.Hidden = true;

return await new RootCommand("Measures Orleans Streaming. Ratios within one run are what counts.")
{
    log, compaction, endpoint, peers, cluster, clusterCalls, sdk, micro, clusterCallee, sdkClient, nullBroker,
}
    .Parse(args).InvokeAsync();
