using System.CommandLine;

namespace OrleansStreaming.Cli.Commands;

/// <summary>An option that is one of a few words, in any case; another word is answered with those there are.</summary>
internal sealed class ChoiceOption<T> : Option<T>
    where T : struct, Enum
{
    public ChoiceOption(string name, params string[] aliases)
        : base(name, aliases)
    {
        CustomParser = result =>
        {
            var word = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            var choice = Enum.GetValues<T>().Cast<T?>().FirstOrDefault(one => string.Equals(one.ToString(), word, StringComparison.OrdinalIgnoreCase));
            if (choice is null)
            {
                result.AddError($"{name}: '{word}' is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");
            }

            return choice ?? default;
        };
    }
}
