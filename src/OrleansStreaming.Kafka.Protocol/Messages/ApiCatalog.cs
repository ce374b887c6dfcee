using System.Diagnostics.CodeAnalysis;

namespace OrleansStreaming.Kafka.Protocol.Messages;

/// <summary>
/// Every API with a codec, and the way from a key and a version to it. The other half of this class is generated from the
/// schema files: the schemas, <c>ReadRequest</c> and <c>ReadResponse</c>.
/// </summary>
public static partial class ApiCatalog
{
    private static readonly ApiSchema[] _all = Schemas();
    private static readonly ApiSchema?[] _byKey = Index();

    /// <summary>Every schema, in no particular order.</summary>
    public static IReadOnlyList<ApiSchema> All => _all;

    /// <summary>The schema of <paramref name="key"/>; false when there is none.</summary>
    public static bool TryGet(ApiKey key, out ApiSchema schema)
    {
        ApiSchema? found = (ushort)key < _byKey.Length ? _byKey[(ushort)key] : null;
        schema = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>There is a codec for <paramref name="key"/> at <paramref name="version"/>.</summary>
    public static bool Has(ApiKey key, short version) => TryGet(key, out ApiSchema schema) && schema.Has(version);

    /// <summary>1, or 2 (with tagged fields) when the version is flexible.</summary>
    /// <remarks>A version above the highest has the header of the highest, so that the header of a request from the future can be read.</remarks>
    public static short RequestHeaderVersion(ApiKey key, short version) => IsFlexible(key, version) ? (short)2 : (short)1;

    /// <summary>0, or 1 (with tagged fields) when the version is flexible. ApiVersions answers with header 0 always: its reader does not know yet what the broker can do (KIP-511).</summary>
    public static short ResponseHeaderVersion(ApiKey key, short version) =>
        key != ApiKey.ApiVersions && IsFlexible(key, version) ? (short)1 : (short)0;

    private static bool IsFlexible(ApiKey key, short version) => TryGet(key, out ApiSchema schema) && version >= schema.FlexibleFrom;

    private static ApiSchema?[] Index()
    {
        int highest = -1;
        foreach (ApiSchema schema in _all)
        {
            highest = Math.Max(highest, (int)schema.Key);
        }

        var index = new ApiSchema?[highest + 1];
        foreach (ApiSchema schema in _all)
        {
            index[(int)schema.Key] = schema;
        }

        return index;
    }

    [DoesNotReturn]
    private static T Unknown<T>(ApiKey key) => throw new ProtocolReadException($"There is no codec for API {(short)key}.");
}
