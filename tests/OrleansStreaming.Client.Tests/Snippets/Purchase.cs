using System.Text.Json.Serialization;

namespace OrleansStreaming.Client.Tests.Snippets;

public sealed record Purchase(string Item, int Count);

[JsonSerializable(typeof(Purchase))]
internal sealed partial class ShopJson : JsonSerializerContext;
