namespace OrleansStreaming.Records.Ids;

/// <summary>A topic's id, unique for ever: a topic deleted and created anew gets another (KIP-516). All zero is <see cref="None"/>.</summary>
public readonly record struct TopicId(Guid Value)
{
    public static readonly TopicId None = default;

    public override string ToString() => Value.ToString();
}
