using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Cli.Application;

/// <summary>Whoever read the tool's output has ended, as <c>head</c> does: there is nothing left to do, and nobody to tell.</summary>
internal sealed class OutputClosedException(IOException cause) : Exception("Nobody reads the output any more.", cause);

/// <summary>
/// A standard output that is a pipe, and notices when nobody reads it any more; the console's own stream would go on into the void.
/// </summary>
internal sealed class PipedOutput : Stream
{
    private const int StandardOutput = 1;

    /// <summary>EPIPE, on every system that has it.</summary>
    private const int BrokenPipe = 32;

    private readonly FileStream _pipe;

    private PipedOutput(FileStream pipe) => _pipe = pipe;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The process's output when it is a pipe; null when it is a file, whose position the system keeps, or on Windows.</summary>
    public static PipedOutput? OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        // Unbuffered, and not its owner: closing it would close the process's own.
        var output = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? null : new PipedOutput(output);
    }

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _pipe.Write(buffer);
        }
        catch (IOException failure) when (failure.HResult == BrokenPipe)
        {
            throw new OutputClosedException(failure);
        }
    }

    /// <exception cref="OutputClosedException">Nobody reads any more.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
