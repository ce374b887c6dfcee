using Orleans.Embedded.Connections;
using Orleans.Embedded.Remoting;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>Questions to other silos. Any thread.</summary>
internal static class DirectoryQuestions
{
    /// <exception cref="OrleansMessageRejectionException">The silo cannot be reached.</exception>
    public static async Task<DirectoryAnswer> Ask(this RemoteSilos remotes, SiloAddress silo, DirectoryRequest request) =>
        await (await remotes.Open(silo).ConfigureAwait(false)).Ask(request).ConfigureAwait(false);

    /// <summary>The question is on its way when this returns: questions of one session arrive in their order, unless they are large.</summary>
    /// <exception cref="OrleansMessageRejectionException">The silo cannot be reached.</exception>
    public static Task<DirectoryAnswer> Ask(this Session session, DirectoryRequest request)
    {
        var awaited = new DirectoryMessages.AwaitedAnswer();
        var number = session.Await(awaited);
        var message = WireWriters.Rent();
        DirectoryMessages.Write(message, number, request);
        session.Send(message);
        return awaited.Answer;
    }

    public static void Answer(this Session session, long number, DirectoryAnswer answer)
    {
        var reply = WireWriters.Rent();
        DirectoryMessages.WriteAnswer(reply, number, answer);
        try
        {
            session.Send(reply);
        }
        catch (OrleansMessageRejectionException failure)
        {
            // Who asks must not wait for it.
            session.Break(failure);
        }
    }
}
