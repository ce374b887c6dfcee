using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using OrleansStreaming.Kafka.Generator.Emission;
using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Generator.Parsing;

namespace OrleansStreaming.Kafka.Generator;

/// <summary>Turns each <c>*.schema</c> file into a request class and a response class, and all of them into the catalog.</summary>
/// <remarks>The pipeline carries file texts, which compare by value, so that an edit elsewhere generates nothing anew.</remarks>
[Generator(LanguageNames.CSharp)]
public sealed class SchemaGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor _wrongSchema = new(
        "OSK001", "Wrong message schema", "{0}", "Schema", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<(string Path, string Text)> files = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".schema", StringComparison.Ordinal))
            .Select((file, cancellation) => (file.Path, file.GetText(cancellation)?.ToString() ?? ""));
        context.RegisterSourceOutput(files, EmitMessages);
        context.RegisterSourceOutput(files.Collect(), EmitCatalog);
    }

    private static void EmitMessages(SourceProductionContext context, (string Path, string Text) file)
    {
        try
        {
            ApiDefinition api = Parse(file);
            context.AddSource($"{api.Name}Request.g.cs", MessageEmitter.Emit(api, api.Request!));
            context.AddSource($"{api.Name}Response.g.cs", MessageEmitter.Emit(api, api.Response!));
        }
        catch (SchemaException error)
        {
            var at = new LinePosition(error.Line, 0);
            Location location = Location.Create(file.Path, default, new LinePositionSpan(at, at));
            context.ReportDiagnostic(Diagnostic.Create(_wrongSchema, location, error.Message));
        }
    }

    private static void EmitCatalog(SourceProductionContext context, ImmutableArray<(string Path, string Text)> files)
    {
        var apis = new List<ApiDefinition>();
        foreach ((string Path, string Text) file in files)
        {
            try
            {
                apis.Add(Parse(file));
            }
            catch (SchemaException)
            {
                // Reported where the file's own classes are generated.
            }
        }

        apis.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        context.AddSource("ApiCatalog.g.cs", CatalogEmitter.Emit(apis));
    }

    private static ApiDefinition Parse((string Path, string Text) file)
    {
        ApiDefinition api = SchemaParser.Parse(file.Text);
        return api.Name == Path.GetFileNameWithoutExtension(file.Path)
            ? api
            : throw new SchemaException(0, $"The file of the API '{api.Name}' is called {api.Name}.schema.");
    }
}
