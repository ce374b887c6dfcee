using System;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Conditions on the version, left out where they always hold.</summary>
public static class Conditions
{
    /// <summary>True in <paramref name="versions"/>, given that the version is in <paramref name="known"/>; empty when that is always so.</summary>
    public static string In(VersionRange versions, VersionRange known)
    {
        bool low = versions.Low > known.Low;
        bool high = versions.High < known.High;
        return (low, high) switch
        {
            (false, false) => "",
            (true, false) => $"version >= {versions.Low}",
            (false, true) => $"version <= {versions.High}",
            _ => $"version >= {versions.Low} && version <= {versions.High}",
        };
    }

    /// <summary>An expression for "this version is flexible": a literal where it is always so or never.</summary>
    public static string Flexible(ApiDefinition api, VersionRange known) =>
        known.Low >= api.FlexibleFrom ? "true" : known.High < api.FlexibleFrom ? "false" : "flexible";

    /// <summary>The same as a condition, empty for always.</summary>
    public static string IfFlexible(ApiDefinition api, VersionRange known)
    {
        string flexible = Flexible(api, known);
        return flexible == "true" ? "" : flexible;
    }

    public static string And(string left, string right) =>
        left.Length == 0 ? right : right.Length == 0 ? left : $"{left} && {right}";

    /// <summary>The fewest bytes an element takes, over the versions it occurs in, as an expression.</summary>
    public static string MinimumSize(ApiDefinition api, Field element, VersionRange known)
    {
        int plain = int.MaxValue;
        int flexible = int.MaxValue;
        for (int version = known.Low; version <= known.High; version++)
        {
            int size = SizeOf(api, element, version, ofElement: true);
            if (version >= api.FlexibleFrom)
            {
                flexible = Math.Min(flexible, size);
            }
            else
            {
                plain = Math.Min(plain, size);
            }
        }

        string form = Flexible(api, known);
        return form == "true" ? $"{flexible}" : form == "false" || plain == flexible ? $"{plain}" : $"flexible ? {flexible} : {plain}";
    }

    private static int SizeOf(ApiDefinition api, Field field, int version, bool ofElement)
    {
        bool flexible = version >= api.FlexibleFrom;
        if (field.IsArray && !ofElement)
        {
            return flexible ? 1 : 4;
        }

        switch (field.Kind)
        {
            case ValueKind.Boolean or ValueKind.Int8:
                return 1;
            case ValueKind.Int16 or ValueKind.UInt16:
                return 2;
            case ValueKind.Int32:
                return 4;
            case ValueKind.Int64 or ValueKind.Float64:
                return 8;
            case ValueKind.Uuid:
                return 16;
            case ValueKind.String:
                return flexible ? 1 : 2;
            case ValueKind.Bytes or ValueKind.Records:
                return flexible ? 1 : 4;
        }

        if (field.IsNullable && !ofElement)
        {
            return 1;
        }

        int total = flexible ? 1 : 0;
        foreach (Field inner in field.Structure!.Fields)
        {
            if (inner.Tag < 0 && inner.Versions.Contains(version))
            {
                total += SizeOf(api, inner, version, ofElement: false);
            }
        }

        return total;
    }
}
