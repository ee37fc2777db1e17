using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Natives;

/// <summary>
/// Loads libtorch, and TorchSharp's native library also on systems whose C++ runtime is older than the one it was linked against (Debian 12,
/// Ubuntu 22.04). Its one newer symbol, <c>std::ios_base_library_init()</c>, is referenced only so that iostreams get
/// linked; nothing calls it. A private copy is given an older name for it, before TorchSharp loads the original.
/// </summary>
internal static class TorchLibrary
{
    private const string NewerVersion = "GLIBCXX_3.4.32";
    private const string OlderVersion = "GLIBCXX_3.4";
    private const string NewerSymbol = "_ZSt21ios_base_library_initv";
    private const string OlderSymbol = "_ZNSt8ios_base4InitC1Ev";

    /// <summary>The wrapper's.</summary>
    private const string Wanted = "2.10";

    /// <summary>In the order of their needs; those of CUDA are there with a CUDA build alone.</summary>
    private static readonly (string Name, bool Required)[] Libraries =
        [("libc10.so", true), ("libtorch_cpu.so", true), ("libc10_cuda.so", false), ("libtorch_cuda.so", false), ("libtorch.so", true)];

    private static readonly Dictionary<string, nint> Handles = [];

    /// <summary>Names the folder of another libtorch than the one that was built with: a CUDA build, for one. <c>--libtorch</c> goes before it.</summary>
    public const string FolderVariable = "SMALLBATCH_LIBTORCH";

    /// <summary>libtorch's handle; 0 where it is TorchSharp that loads it.</summary>
    public static nint Handle => Handles.GetValueOrDefault("libtorch_cpu.so");

    /// <summary>The version of the libtorch that is loaded, with CUDA's and cuDNN's where it has them: <c>2.10.0</c>, <c>2.10.0-cuda12.8-cudnn9.10.2</c>.</summary>
    public static string Version { get; private set; } = Wanted;

    /// <summary>
    /// Loads libtorch and the wrapper, and sees to it that scripts run as written; call once, before TorchSharp is touched. Throws
    /// <see cref="DllNotFoundException"/> with what was found and wanted where the folder is none of a fitting libtorch.
    /// </summary>
    /// <param name="folder">The folder of libtorch's libraries; null for the one that the variable names, else the program's own.</param>
    public static void Load(string? folder = null)
    {
        var named = folder ?? (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } set ? set : null);
        if (!OperatingSystem.IsLinux())
        {
            if (named is not null)
            {
                throw new DllNotFoundException($"{named}: another libtorch can be named on Linux alone; build with the package of this system.");
            }

            return;
        }

        LoadFrom(named ?? AppContext.BaseDirectory, named is null);
        var original = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        NativeLibrary.Load(RuntimeHas(NewerVersion) ? original : PatchedCopy(original));
        TorchSwitches.RunScriptsAsWritten(Handle);
    }

    private static unsafe void LoadFrom(string folder, bool isOwn)
    {
        var missing = Libraries.Where(l => l.Required && !File.Exists(Path.Combine(folder, l.Name))).Select(l => l.Name).ToList();
        if (missing.Count > 0)
        {
            throw new DllNotFoundException(
                $"{folder}: found no {string.Join(", ", missing)}, wanted the libraries of libtorch {Wanted}"
                + (isOwn ? $"; build with its package, or name their folder by --libtorch or {FolderVariable}." : " themselves in this folder (in libtorch's own archive it is lib)."));
        }

        foreach (var (name, _) in Libraries.Where(l => File.Exists(Path.Combine(folder, l.Name))))
        {
            Handles[name] = NativeLibrary.Load(Path.Combine(folder, name));
        }

        // Major, minor and patch, a byte each from the top: libtorch's stable interface.
        var packed = NativeLibrary.TryGetExport(Handle, "aoti_torch_abi_version", out var version) ? ((delegate* unmanaged<ulong>)version)() : 0;
        var found = $"{packed >> 56}.{(packed >> 48) & 0xff}";
        if (found != Wanted)
        {
            throw new DllNotFoundException($"{folder}: found libtorch {(packed == 0 ? "before 2.9" : found)}, wanted {Wanted}, for which TorchSharp's library was built.");
        }

        Version = $"{found}.{(packed >> 40) & 0xff}{CudaVersions()}";
    }

    /// <summary>Of the libraries that libtorch brought along, which round in their own ways.</summary>
    private static unsafe string CudaVersions()
    {
        var text = "";
        if (Handles.TryGetValue("libtorch_cuda.so", out var cuda))
        {
            int runtime;
            if (NativeLibrary.TryGetExport(cuda, "cudaRuntimeGetVersion", out var ask) && ((delegate* unmanaged<int*, int>)ask)(&runtime) == 0)
            {
                text += $"-cuda{runtime / 1000}.{runtime % 1000 / 10}";
            }

            if (NativeLibrary.TryGetExport(cuda, "cudnnGetVersion", out ask))
            {
                var packed = (long)((delegate* unmanaged<nuint>)ask)();
                text += $"-cudnn{packed / 10000}.{packed % 10000 / 100}.{packed % 100}";
            }
        }

        return text;
    }

    /// <summary>The edits, in place: version name, its hash, symbol name. Each place must be found exactly once.</summary>
    internal static byte[] Patch(byte[] library)
    {
        var patched = (byte[])library.Clone();
        var names = Section(patched, ".dynstr");
        ReplaceOnce(patched.AsSpan(names), Terminated(NewerVersion), Padded(OlderVersion, NewerVersion.Length + 1), "the version's name");
        ReplaceOnce(patched.AsSpan(names), Terminated(NewerSymbol), Padded(OlderSymbol, NewerSymbol.Length + 1), "the symbol");
        ReplaceOnce(patched.AsSpan(Section(patched, ".gnu.version_r")), BitConverter.GetBytes(ElfHash(NewerVersion)), BitConverter.GetBytes(ElfHash(OlderVersion)), "the version's hash");
        return patched;
    }

    /// <summary>Where a section of a 64-bit ELF file lies (System V ABI: section headers of 64 bytes at e_shoff).</summary>
    private static Range Section(ReadOnlySpan<byte> file, string name)
    {
        var headers = (int)BinaryPrimitives.ReadInt64LittleEndian(file[0x28..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3C..]);
        var namesHeader = file[(headers + (64 * BinaryPrimitives.ReadUInt16LittleEndian(file[0x3E..])))..];
        var names = file[(int)BinaryPrimitives.ReadInt64LittleEndian(namesHeader[0x18..])..];
        for (var i = 0; i < count; i++)
        {
            var header = file[(headers + (64 * i))..];
            if (names[BinaryPrimitives.ReadInt32LittleEndian(header)..].StartsWith(Terminated(name)))
            {
                var offset = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]);
                return offset..(offset + (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]));
            }
        }

        throw new NotSupportedException($"libLibTorchSharp.so: no section {name}, wanted a 64-bit ELF library.");
    }

    /// <summary>The ELF specification's hash of a version name.</summary>
    internal static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var character in name)
        {
            hash = (hash << 4) + character;
            var high = hash & 0xf0000000;
            hash ^= high >> 24;
            hash &= ~high;
        }

        return hash;
    }

    private static string PatchedCopy(string original)
    {
        var bytes = File.ReadAllBytes(original);
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}.so";
        var folder = UserCache.Folder;
        var copy = Path.Combine(folder, $"libLibTorchSharp-{name}");
        if (!File.Exists(copy))
        {
            Directory.CreateDirectory(folder);
            var temporary = $"{copy}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, Patch(bytes));
            File.Move(temporary, copy, overwrite: true);
        }

        return copy;
    }

    private static bool RuntimeHas(string version)
    {
        foreach (var folder in new[] { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib" })
        {
            var library = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(library))
            {
                return File.ReadAllBytes(library).AsSpan().IndexOf(Terminated(version)) >= 0;
            }
        }

        // No runtime in the usual places: leave the original alone, whose own error names what is missing.
        return true;
    }

    private static void ReplaceOnce(Span<byte> bytes, byte[] found, byte[] replacement, string what)
    {
        var at = bytes.IndexOf(found);
        if (at < 0 || bytes[(at + 1)..].IndexOf(found) >= 0)
        {
            throw new NotSupportedException(
                $"libLibTorchSharp.so: {what} {(at < 0 ? "is not there" : "stands in several places")}, wanted once. "
                + $"Use a system whose libstdc++ has {NewerVersion} (Debian 13, Ubuntu 24.04 or newer).");
        }

        replacement.CopyTo(bytes[at..]);
    }

    private static byte[] Terminated(string text) => Padded(text, text.Length + 1);

    private static byte[] Padded(string text, int length)
    {
        var bytes = new byte[length];
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }
}
