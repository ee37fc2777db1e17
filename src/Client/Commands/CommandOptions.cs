using System.CommandLine;
using System.Globalization;

namespace SmallBatch.Client.Commands;

/// <summary>Options that say what was found and what was wanted where their value cannot be read.</summary>
internal static class CommandOptions
{
    /// <summary>One of a few words: the names of <typeparamref name="T"/> in lower case, of which the first is the default.</summary>
    public static Option<T> Choice<T>(string name, string alias, string description)
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(v => v.ToString().ToLowerInvariant());
        var wanted = $"{string.Join(", ", words.Keys.SkipLast(1))} or {words.Keys.Last()}";
        var option = new Option<T>(name, alias)
        {
            Description = $"{description}: {wanted}; default {words.Keys.First()}",
            HelpName = string.Join('|', words.Keys),
            CustomParser = result =>
            {
                var found = result.Tokens[0].Value;
                if (!words.TryGetValue(found.ToLowerInvariant(), out var value))
                {
                    result.AddError($"{name}: found {found}, wanted {wanted}");
                }

                return value;
            },
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    /// <summary>Some of a few words, the option repeated.</summary>
    public static Option<T[]> Words<T>(string name, string description, IReadOnlyDictionary<string, T> words)
    {
        var wanted = $"{string.Join(", ", words.Keys.SkipLast(1))} or {words.Keys.Last()}";
        var option = new Option<T[]>(name)
        {
            Description = $"{description}: {wanted}",
            HelpName = "WORD",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                foreach (var unknown in result.Tokens.Select(t => t.Value).Where(v => !words.ContainsKey(v)))
                {
                    result.AddError($"{name}: found {unknown}, wanted {wanted}");
                }

                return [.. result.Tokens.Where(t => words.ContainsKey(t.Value)).Select(t => words[t.Value])];
            },
        };
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    /// <summary>A time, or null where the option is not there.</summary>
    public static Option<WrittenTime?> Duration(string name, string description) => new(name)
    {
        Description = $"{description}: 90s, 10m, 1.5h, 2d",
        HelpName = "TIME",
        CustomParser = result =>
        {
            var found = result.Tokens[0].Value;
            var time = WrittenTime.Read(found);
            if (time is null)
            {
                result.AddError($"{name}: found {found}, wanted a time of at least a second, such as 90s, 10m, 1.5h or 2d");
            }

            return time;
        },
    };

    /// <summary>A whole number.</summary>
    public static Option<int> Whole(string name, string description, int fallback) => new(name)
    {
        Description = description,
        HelpName = "NUMBER",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            var found = result.Tokens[0].Value;
            if (!int.TryParse(found, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                result.AddError($"{name}: found {found}, wanted a whole number");
            }

            return value;
        },
    };
}
