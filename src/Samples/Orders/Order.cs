using System.Text.Json.Serialization;

namespace Samples.Orders;

/// <summary>What a customer ordered.</summary>
public sealed record Order(string Customer, string Item, int Count);

/// <summary>JSON without reflection.</summary>
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
