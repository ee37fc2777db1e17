using System.Buffers.Binary;
using System.Text;

namespace SmallBatch.Client.Packing;

/// <summary>An array of bytes out of a pickle.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Bytes">Its values, row by row.</param>
internal sealed record PickledArray(IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Reads the pickles that CIFAR is given in, and nothing else: dictionaries, lists, whole numbers, strings, and numpy's arrays
/// of uint8. Opcodes as Python's pickletools lists them, protocol 2. Nothing is ever called by name: the only names allowed
/// are the three that rebuild an array, and they are understood here.
/// </summary>
internal sealed class PickleReader
{
    private static readonly string[] Names = ["numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"];
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly List<object?> stack = [];
    private readonly Dictionary<int, object?> memo = [];
    private int at;

    private PickleReader(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    /// <summary>The dictionary that the file is. Strings are <see cref="ReadOnlyMemory{T}"/> of bytes, lists <see cref="List{T}"/>, numbers long. Throws <see cref="UnusableFileException"/> for anything else.</summary>
    public static Dictionary<string, object?> Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new PickleReader(bytes);
        try
        {
            return reader.Run() as Dictionary<string, object?> ?? throw reader.Wrong("no dictionary");
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or InvalidCastException or KeyNotFoundException)
        {
            throw reader.Wrong("a pickle that ends early or is damaged");
        }
    }

    /// <summary>A string's text; CIFAR's names are ASCII.</summary>
    public static string Text(object? value) => Encoding.Latin1.GetString(((ReadOnlyMemory<byte>)value!).Span);

    private object? Run()
    {
        if (Byte() != 0x80 || Byte() != 2)
        {
            throw Wrong("no pickle of protocol 2");
        }

        while (true)
        {
            var opcode = Byte();
            switch (opcode)
            {
                case (byte)'.':
                    return Pop();
                case (byte)'(':
                    stack.Add(Mark.Here);
                    break;
                case (byte)'}':
                    stack.Add(new Dictionary<string, object?>(StringComparer.Ordinal));
                    break;
                case (byte)']':
                    stack.Add(new List<object?>());
                    break;
                case (byte)')':
                    stack.Add(Array.Empty<object?>());
                    break;
                case (byte)'N':
                    stack.Add(null);
                    break;
                case 0x88 or 0x89:
                    stack.Add(opcode == 0x88);
                    break;
                case (byte)'K':
                    stack.Add((long)Byte());
                    break;
                case (byte)'M':
                    stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2).Span));
                    break;
                case (byte)'J':
                    stack.Add((long)Int());
                    break;
                case (byte)'U':
                    stack.Add(Take(Byte()));
                    break;
                case (byte)'T' or (byte)'X':
                    stack.Add(Take(Int()));
                    break;
                case (byte)'q':
                    memo[Byte()] = stack[^1];
                    break;
                case (byte)'r':
                    memo[Int()] = stack[^1];
                    break;
                case (byte)'h':
                    stack.Add(memo[Byte()]);
                    break;
                case (byte)'j':
                    stack.Add(memo[Int()]);
                    break;
                case 0x85 or 0x86 or 0x87:
                    stack.Add(PopMany(opcode - 0x84));
                    break;
                case (byte)'t':
                    stack.Add(PopToMark());
                    break;
                case (byte)'a':
                    var item = Pop();
                    ((List<object?>)stack[^1]!).Add(item);
                    break;
                case (byte)'e':
                    var items = PopToMark();
                    ((List<object?>)stack[^1]!).AddRange(items);
                    break;
                case (byte)'s':
                    SetItems(PopMany(2));
                    break;
                case (byte)'u':
                    SetItems(PopToMark());
                    break;
                case (byte)'c':
                    Name();
                    break;
                case (byte)'R':
                    Rebuild();
                    break;
                case (byte)'b':
                    Build();
                    break;
                default:
                    throw Wrong($"opcode 0x{opcode:x2}");
            }
        }
    }

    private void SetItems(object?[] pairs)
    {
        var target = (Dictionary<string, object?>)stack[^1]!;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            target[Text(pairs[i])] = pairs[i + 1];
        }
    }

    private void Name()
    {
        var name = $"{Line()} {Line()}";
        stack.Add(Names.Contains(name) ? new Global(name.Split(' ')[1]) : throw Wrong($"the name {name}"));
    }

    /// <summary>What a name would have been called with becomes an empty array or a type, to be filled by <see cref="Build"/>.</summary>
    private void Rebuild()
    {
        var (arguments, name) = ((object?[])Pop()!, (Global)Pop()!);
        stack.Add(name.Name switch
        {
            "_reconstruct" when arguments is [Global { Name: "ndarray" }, ..] => new Unfilled(),
            "dtype" when arguments is [ReadOnlyMemory<byte> type, ..] && Text(type) is "u1" or "|u1" => name,
            _ => throw Wrong($"a call of {name.Name} that makes no array of uint8"),
        });
    }

    private void Build()
    {
        var state = (object?[])Pop()!;
        switch (Pop())
        {
            case Global { Name: "dtype" } type:
                stack.Add(type);
                break;
            case Unfilled array when state is [1L, object?[] shape, Global { Name: "dtype" }, false, ReadOnlyMemory<byte> values]
                && shape.Length > 0 && shape.Cast<long>().Aggregate(1L, (a, b) => checked(a * b)) == values.Length:
                array.Filled = new([.. shape.Cast<long>()], values);
                stack.Add(array);
                break;
            default:
                throw Wrong("an array whose bytes do not fit its shape, or that is stored by columns");
        }
    }

    private object? Pop()
    {
        var top = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private object?[] PopMany(int count)
    {
        var items = stack.GetRange(stack.Count - count, count).ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark()
    {
        var mark = stack.FindLastIndex(s => s is Mark);
        var items = PopMany(stack.Count - mark - 1);
        stack.RemoveAt(mark);
        return items;
    }

    private byte Byte() => Take(1).Span[0];

    private int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);

    private ReadOnlyMemory<byte> Take(int count)
    {
        var taken = bytes.Slice(at, count);
        at += count;
        return taken;
    }

    private string Line()
    {
        var length = bytes.Span[at..].IndexOf((byte)'\n');
        var line = Encoding.ASCII.GetString(Take(length).Span);
        at++;
        return line;
    }

    private UnusableFileException Wrong(string found) => new($"{found} at byte {at}", "a pickle such as CIFAR's python version: lists, numbers, strings and arrays of uint8, protocol 2; nothing in it was run");

    /// <summary>The array of a value of the dictionary; null where it is none.</summary>
    public static PickledArray? ArrayOf(object? value) => (value as Unfilled)?.Filled;

    private sealed record Global(string Name);

    private sealed class Unfilled
    {
        public PickledArray? Filled { get; set; }
    }

    private sealed class Mark
    {
        public static Mark Here { get; } = new();
    }
}
