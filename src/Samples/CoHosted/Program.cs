using OrleansStreaming.Client;
using OrleansStreaming.Client.Hosting;
using Samples.CoHosted;

// dotnet run -- --urls http://127.0.0.1:5080 --folder ./words
// curl -X POST http://127.0.0.1:5080/words/hello
// curl http://127.0.0.1:5080/words/hello
var builder = WebApplication.CreateSlimBuilder(args);
builder.AddBroker(builder.Configuration["folder"] ?? "words");
builder.Services.AddOrleansStreaming(builder.Configuration.GetSection(StreamingClientOptions.Section));
builder.Services.AddHealthChecks().AddOrleansStreaming();
builder.Services.AddSingleton<WordCounter>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<WordCounter>());

var app = builder.Build();
app.MapPost("/words/{word}", async (string word, IProducer<string, string> producer, CancellationToken cancellation) =>
{
    var stored = await producer.ProduceAsync(WordCounter.Topic, word, "said", cancellationToken: cancellation);
    return Results.Text($"{stored.Partition} offset {stored.Offset}");
});
app.MapGet("/words/{word}", (string word, WordCounter counter) => Results.Text($"{counter.Counts.GetValueOrDefault(word)}"));
app.MapHealthChecks("/health");
await app.RunAsync();
