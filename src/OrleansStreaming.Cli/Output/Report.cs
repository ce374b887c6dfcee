using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansStreaming.Cli.Application;
using Spectre.Console;

namespace OrleansStreaming.Cli.Output;

/// <summary>What a command has to say, as tables or as one JSON document.</summary>
internal sealed class Report(Terminal terminal, OutputFormat format)
{
    public OutputFormat Format => format;

    /// <summary>Rows of one kind: a table, or an array.</summary>
    public void Rows<T>(IReadOnlyList<T> rows, JsonTypeInfo<IReadOnlyList<T>> json, params Column<T>[] columns)
    {
        if (format == OutputFormat.Json)
        {
            Json(rows, json);
        }
        else
        {
            Table(rows, columns);
        }
    }

    /// <summary>One thing: its own tables, or an object.</summary>
    public void Item<T>(T item, JsonTypeInfo<T> json, Action table)
    {
        if (format == OutputFormat.Json)
        {
            Json(item, json);
        }
        else
        {
            table();
        }
    }

    /// <summary>A sentence about what was done.</summary>
    public void Done(string message) => Item(new DoneRow(message), OutputJson.Compact.DoneRow, () => terminal.Text.WriteLine(message));

    /// <summary>Names and values, one a line. Part of <see cref="Item"/>.</summary>
    public void Facts(params (string Name, object? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), new Text(Cell(value)));
        }

        terminal.Console.Write(grid);
    }

    /// <summary>Part of <see cref="Item"/>.</summary>
    public void Table<T>(IReadOnlyList<T> rows, params Column<T>[] columns)
    {
        if (rows.Count == 0)
        {
            terminal.Text.WriteLine("(none)");
            return;
        }

        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Rounded : TableBorder.None, UseSafeBorder = true };
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Name, new Style(decoration: Decoration.Bold)));
            table.AddColumn(column.IsNumber ? header.RightAligned() : header.NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow(columns.Select(column => new Text(Cell(column.Value(row)))));
        }

        terminal.Console.Write(table);
    }

    private static string Cell(object? value) => value switch
    {
        null => "-",
        "" => "-",
        string text => text,
        bool flag => flag ? "yes" : "no",
        double number => number.ToString("0.###", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "-",
    };

    private void Json<T>(T value, JsonTypeInfo<T> json) => terminal.Text.WriteLine(JsonSerializer.Serialize(value, json));
}
