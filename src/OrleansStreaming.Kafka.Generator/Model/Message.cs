using System.Collections.Generic;

namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>A request or a response: its own fields and the structures inside it, each with a name of its own.</summary>
public sealed class Message
{
    public Message(Structure body, bool isRequest)
    {
        Body = body;
        IsRequest = isRequest;
    }

    public Structure Body { get; }

    public bool IsRequest { get; }

    public List<Structure> Structures { get; } = new();

    public Structure? Find(string name) => Structures.Find(structure => structure.Name == name);
}
