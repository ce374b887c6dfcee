using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Records.Compression.Native;

/// <summary>A coder's state inside a library; freed with its owner at the latest.</summary>
internal sealed unsafe class NativeContext : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> _free;

    /// <exception cref="OutOfMemoryException">The library answered no context.</exception>
    internal NativeContext(nint context, delegate* unmanaged[Cdecl]<nint, nuint> free)
        : base(ownsHandle: true)
    {
        if (context == 0)
        {
            throw new OutOfMemoryException("The compression library has no memory for a context.");
        }

        _free = free;
        SetHandle(context);
    }

    internal nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        _free(handle);
        return true;
    }
}
