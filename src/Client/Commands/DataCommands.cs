using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Fetching;
using SmallBatch.Client.Packing;
using SmallBatch.Client.Views;
using SmallBatch.Specs;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>data list|fetch|verify|pack</c>.</summary>
internal sealed class DataCommands(CommandContext context)
{
    private const int ImageNetClasses = 1000;
    private const int DefaultSize = 256;
    private readonly Option<string> data = new("--data") { Description = "Folder of the datasets", DefaultValueFactory = _ => "." };
    private readonly Argument<string> kind = new("dataset") { Description = "cifar10 or cifar100" };
    private readonly Option<string?> url = new("--url") { Description = "Fetch the archive from elsewhere: a mirror of one's own" };
    private readonly Option<string?> md5 = new("--md5") { Description = "The archive's MD5; default: the official one's" };
    private readonly Argument<string?> one = new("name") { Description = "A dataset as 'data list' names it; default: all", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string> source = new("source") { Description = "Folder with train/ and val/ or test/ of class folders, train-*.tar and val-*.tar, or CIFAR's python version" };
    private readonly Option<string?> packKind = new("--kind") { Description = "imagenet or folder; default: folder, and CIFAR's python version says its own" };
    private readonly Option<string?> name = new("--name") { Description = "Name of the pack, for a folder; default: the source folder's name" };
    private readonly Option<int?> size = new("--size") { Description = "Side of the stored squares, pixels, 8 to 1024; default 256" };
    private readonly Option<string?> test = new("--test") { Description = "val or test, where there are both" };
    private readonly Option<string?> labels = new("--labels") { Description = "For test images in one folder: a file with a class folder's name a line, in order of the images' names" };
    private readonly Option<int?> classes = new("--classes") { Description = "Refuse another number of classes; default 1000 for imagenet" };
    private readonly Option<bool> skipBroken = new("--skip-broken") { Description = "Leave out files that cannot be decoded, and say how many" };

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var command = new Command("data", "Brings datasets into the form that the trainer reads.");
        command.Add(context.Plain("list", "Lists the datasets in the data folder.\n\n  smallbatch data list --data /data", ListAsync, data, context.Format));
        command.Add(context.Plain("fetch", "Downloads CIFAR-10 or CIFAR-100; run again to go on.\n\n  smallbatch data fetch cifar10 --data /data", Resumable(FetchAsync), kind, data, url, md5));
        command.Add(context.Plain("verify", "Reads datasets whole and checks every checksum.\n\n  smallbatch data verify imagenet --data /data", VerifyAsync, one, data));
        command.Add(context.Plain("pack", "Decodes images into one file; run again to go on.\n\n  smallbatch data pack ~/birds --name birds --size 72 --data /data", Resumable(PackAsync), source, data, packKind, name, size, test, labels, classes, skipBroken));
        return command;
    }

    private Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var found = DataFolder.List(Existing(parsed));
        if (found.Count == 0 && parsed.GetValue(context.Format) == OutputFormat.Table)
        {
            Output.Prose(context.Console, $"No dataset is in {Path.GetFullPath(parsed.GetValue(data)!)}; --data DIR names another folder, 'smallbatch data fetch' and 'data pack' bring one. 'synthetic' needs none.");
            return Task.FromResult(ExitCode.Ok);
        }

        Output.List(
            context.Console,
            parsed.GetValue(context.Format),
            found,
            new("name", d => d.Name),
            new("kind", d => d.Kind),
            new("form", d => d.Form),
            new("train", d => d.Identity?.TrainImages),
            new("test", d => d.Identity?.TestImages),
            new("classes", d => d.Identity?.Classes),
            new("side", d => d.Identity?.Height),
            new("bytes", d => d.Bytes),
            new("content", d => d.Identity?.ContentHash[..12]),
            new("problem", d => d.Errors.Count == 0 ? null : d.Errors[0].ToString()));
        return Task.FromResult(ExitCode.Ok);
    }

    private async Task<int> FetchAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetValue(kind)!;
        var archive = CifarArchive.Official.FirstOrDefault(a => a.Kind == wanted)
            ?? throw new BadInputException($"dataset: found {wanted}, wanted {string.Join(" or ", CifarArchive.Official.Select(a => a.Kind))}");
        var place = archive.Url;
        if (parsed.GetValue(url) is { } elsewhere && !(Uri.TryCreate(elsewhere, UriKind.Absolute, out place) && place.Scheme is "http" or "https"))
        {
            throw new BadInputException($"--url: found {elsewhere}, wanted an address that begins with http:// or https://");
        }

        archive = archive with { Url = place!, Md5 = parsed.GetValue(md5)?.ToLowerInvariant() ?? archive.Md5 };
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var identity = await TaskProgress.RunAsync(context.Console, wanted, report => new CifarFetch(http, context.Time).FetchAsync(
            archive,
            parsed.GetValue(data)!,
            (done, total) => report(done, total, string.Create(CultureInfo.InvariantCulture, $"{done / 1e6:F1} MB")),
            cancellationToken));
        Output.Plain(context.Console, $"{identity} is in {Path.Combine(parsed.GetValue(data)!, archive.Folder)}, content {identity.ContentHash[..12]}.");
        return ExitCode.Ok;
    }

    /// <summary>Says after Ctrl-C that nothing is lost.</summary>
    private Func<ParseResult, CancellationToken, Task<int>> Resumable(Func<ParseResult, CancellationToken, Task<int>> action) => async (parsed, cancellationToken) =>
    {
        try
        {
            return await action(parsed, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            context.Error("Stopped. What is done stays; the same command goes on.");
            throw;
        }
    };

    private async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var all = DataFolder.List(Existing(parsed));
        var wanted = parsed.GetValue(one);
        var chosen = all.Where(d => wanted is null || d.Name == wanted).ToList();
        if (chosen.Count == 0)
        {
            throw new BadInputException($"{parsed.GetValue(data)}: found {(all.Count == 0 ? "no dataset" : string.Join(", ", all.Select(d => d.Name)))}, wanted {wanted ?? "at least one"}");
        }

        var errors = chosen.SelectMany(d => d.Errors).ToList();
        foreach (var dataset in chosen.Where(d => d.Errors.Count == 0))
        {
            var damage = dataset.Pack is not { } pack ? null : await TaskProgress.RunAsync(context.Console, dataset.Name, report => Task.Run(
                () => pack.VerifyImages(done => report(done, pack.Layout.Images, $"{done} of {pack.Layout.Images} images"), cancellationToken), cancellationToken));
            if (damage is null)
            {
                Output.Plain(context.Console, $"{dataset.Name}: {dataset.Identity} is whole, content {dataset.Identity!.ContentHash}");
            }
            else
            {
                errors.Add(damage);
            }
        }

        return errors.Count == 0 ? ExitCode.Ok : throw new BadInputException(errors.Select(e => e.ToString()));
    }

    private async Task<int> PackAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var root = Existing(parsed);
        var opened = PackSources.Open(parsed.GetValue(source)!, parsed.GetValue(test), parsed.GetValue(labels));
        var errors = opened.Errors.ToList();
        var request = Request(parsed, root, opened.Value, errors);
        if (errors.Count > 0)
        {
            throw new BadInputException(errors.Select(e => e.ToString()));
        }

        var (images, skipped) = (opened.Value!, 0);
        var written = await TaskProgress.RunAsync(context.Console, request.Name, report => Task.Run(
            () => new PackWriter(images, request, p =>
            {
                skipped = p.Skipped;
                report(p.Done, p.Total, $"{p.Done} of {p.Total} images{(p.Skipped > 0 ? $", {p.Skipped} left out" : "")}");
            }).Write(cancellationToken),
            cancellationToken));
        var pack = written.Value ?? throw new BadInputException(written.Errors.Select(e => e.ToString()));
        Output.Plain(context.Console, $"{pack.Path}: {pack.Identity(null)}, {pack.Header.Classes.Count} classes, {pack.Header.Side} pixels a side, {skipped} left out, content {pack.ContentHash[..12]}.");
        return ExitCode.Ok;
    }

    private PackRequest Request(ParseResult parsed, string root, ImageSource? images, List<SpecError> errors)
    {
        var (ofKind, ofName, side, count) = (parsed.GetValue(packKind), parsed.GetValue(name), parsed.GetValue(size), parsed.GetValue(classes));
        var found = images?.Kind ?? ofKind ?? "folder";
        if (images?.Kind is { } own && ofKind is not null && ofKind != own)
        {
            errors.Add(new("--kind", ofKind, $"nothing: the source is {own}"));
        }
        else if (images?.Kind is null && found is not ("imagenet" or "folder"))
        {
            errors.Add(new("--kind", found, "imagenet or folder"));
        }

        if (ofName is not null && found != "folder")
        {
            errors.Add(new("--name", ofName, $"nothing: the pack of {found} bears that name"));
        }

        var packName = found == "folder" ? ofName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(source)!))) : found;
        if (!DatasetSpecReader.IsPackName(packName))
        {
            errors.Add(new("--name", packName, DatasetSpecReader.WantedName));
        }

        if (side is < 8 or > 1024)
        {
            errors.Add(new("--size", string.Create(CultureInfo.InvariantCulture, $"{side}"), "8 to 1024"));
        }
        else if (side is not null && images?.Side is { } fixedSide)
        {
            errors.Add(new("--size", string.Create(CultureInfo.InvariantCulture, $"{side}"), $"nothing: the images of {found} have {fixedSide} pixels a side"));
        }

        if (images is not null && (count ?? (found == "imagenet" ? ImageNetClasses : images.Classes.Count)) is var wanted && wanted != images.Classes.Count)
        {
            errors.Add(new(parsed.GetValue(source)!, $"{images.Classes.Count} classes", string.Create(CultureInfo.InvariantCulture, $"{wanted}; --classes N wants another number")));
        }

        return new(root, found, packName, images?.Side ?? side ?? DefaultSize, parsed.GetValue(skipBroken));
    }

    private string Existing(ParseResult parsed) => Directory.Exists(parsed.GetValue(data))
        ? parsed.GetValue(data)!
        : throw new BadInputException($"--data: found no folder {parsed.GetValue(data)}, wanted the folder of the datasets");
}
