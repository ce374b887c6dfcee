using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OrleansStreaming.Records.Checksums;

/// <summary>One step of the raw (not inverted) CRC-32C register over little-endian input, by whichever means.</summary>
internal interface ICrcStep
{
    static abstract uint Step(uint state, byte data);

    static abstract uint Step(uint state, ulong data);
}

/// <summary>SSE4.2's <c>crc32</c>.</summary>
internal readonly struct X64CrcStep : ICrcStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Step(uint state, byte data) => Sse42.Crc32(state, data);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Step(uint state, ulong data) => (uint)Sse42.X64.Crc32(state, data);
}

/// <summary>Arm64's <c>crc32cb</c> and <c>crc32cx</c>.</summary>
internal readonly struct Arm64CrcStep : ICrcStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Step(uint state, byte data) => Crc32.ComputeCrc32C(state, data);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Step(uint state, ulong data) => Crc32.Arm64.ComputeCrc32C(state, data);
}
