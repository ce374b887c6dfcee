using System.Collections.Generic;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Writes the generated half of the catalog: the list of schemas and the way from a key to its codec.</summary>
public static class CatalogEmitter
{
    public static string Emit(IEnumerable<ApiDefinition> apis)
    {
        var code = new CodeText();
        code.Line("namespace OrleansStreaming.Kafka.Protocol.Messages;").Line("")
            .Open("public static partial class ApiCatalog")
            .Open("private static ApiSchema[] Schemas() => new ApiSchema[]");
        foreach (ApiDefinition api in apis)
        {
            code.Line($"new(ApiKey.{api.Name}, {api.Versions.Low}, {api.Versions.High}, {api.FlexibleFrom}),");
        }

        code.Close().Line(";").Line("");
        EmitRead(code, apis, "Request");
        code.Line("");
        EmitRead(code, apis, "Response");
        code.Close();
        return MessageEmitter.Preamble + code;
    }

    private static void EmitRead(CodeText code, IEnumerable<ApiDefinition> apis, string role)
    {
        code.Line($"/// <summary>Reads the body of the {role.ToLowerInvariant()} of any API.</summary>")
            .Line("/// <exception cref=\"ProtocolReadException\">No codec for this key and version, or malformed bytes.</exception>")
            .Open($"public static I{role}Message Read{role}(ApiKey key, short version, ref ProtocolReader reader)")
            .Open("switch (key)");
        foreach (ApiDefinition api in apis)
        {
            code.Line($"case ApiKey.{api.Name}: return {api.Name}{role}.Read(ref reader, version);");
        }

        code.Line($"default: return Unknown<I{role}Message>(key);").Close().Close();
    }
}
