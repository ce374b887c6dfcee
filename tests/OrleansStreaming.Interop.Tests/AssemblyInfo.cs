// Brokers and clients are whole processes: side by side they would only fight for the cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
