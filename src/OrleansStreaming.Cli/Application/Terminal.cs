using System.Text;
using Spectre.Console;

namespace OrleansStreaming.Cli.Application;

/// <summary>Where the tool reads and writes: bytes for records, text for people. One command at a time.</summary>
internal sealed class Terminal
{
    /// <summary>Tables that go to a file or a pipe are not cut to a screen.</summary>
    private const int Unlimited = 4096;

    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output, bytes as they are.</param>
    /// <param name="error">Messages, and progress.</param>
    /// <param name="isInteractive">A person looks at the output: colours, and progress that overwrites itself.</param>
    public Terminal(Stream input, Stream output, TextWriter error, bool isInteractive)
    {
        Input = input;
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        Text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { AutoFlush = true };
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Text),
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isInteractive)
        {
            Console.Profile.Width = Unlimited;
        }
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>The same as <see cref="Output"/>, as UTF-8; flushed with every write.</summary>
    public TextWriter Text { get; }

    public TextWriter Error { get; }

    public bool IsInteractive { get; }

    public IAnsiConsole Console { get; }

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() => new(
        System.Console.OpenStandardInput(),
        (System.Console.IsOutputRedirected ? PipedOutput.OfProcess() : null) ?? System.Console.OpenStandardOutput(),
        System.Console.Error,
        !System.Console.IsOutputRedirected && !System.Console.IsErrorRedirected);
}
