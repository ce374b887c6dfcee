namespace OrleansStreaming.Cli.Commands.Completion;

/// <summary>One script a shell. Each hands the line and the cursor's place to <c>ostream "[suggest:N]" "line"</c>.</summary>
internal static class CompletionScripts
{
    private const string Bash =
        """
        _ostream() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(ostream "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _ostream ostream
        """;

    private const string Zsh =
        """
        #compdef ostream
        _ostream() {
            local -a found
            found=("${(@f)$(ostream "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            (( ${#found} )) && compadd -- "${found[@]}" || _files
        }
        compdef _ostream ostream
        """;

    private const string Fish =
        """
        complete -c ostream -f -a '(ostream "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
        complete -c ostream -n '__fish_seen_subcommand_from produce dump' -F
        """;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName ostream -ScriptBlock {
            param($word, $line, $cursor)
            ostream "[suggest:$cursor]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    /// <param name="shell">bash, zsh, fish or pwsh.</param>
    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "No such shell."),
    };
}
