using System.Globalization;
using Evergrant.Fire.Native;

namespace Evergrant.Fire.PowerLoss;

/// <summary>power-loss (F2, G2): loads are recorded call by call, and the disk is photographed as a power loss would leave it. Two controls must be found out, or the run does not count.</summary>
internal sealed class PowerLossDrill : IDrill
{
    private const int ImagesPerRecording = 1000;

    public string Name => "power-loss";

    public string Sentence => "the power goes at any moment: unsynced writes are lost, torn, reordered, new names undone; every answer is still true";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        DiskShim shim = await DiskShim.BuildAsync(setting.Scratch, cancellationToken);
        var run = new Recording(shim, setting, cancellationToken);
        int images = setting.Count(10 * ImagesPerRecording, 200);
        int recordings = Math.Max(1, images / ImagesPerRecording), ofProgram = Math.Max(1, recordings * 3 / 10);
        List<string> violations = [];
        List<DrillFigure> figures = [];

        int started = 0;
        Tally store = new(), program = new(), normal = new(), lying = new();
        for (int i = 0; i < Math.Max(1, recordings - ofProgram); i++)
        {
            setting.Say($"recording of the store {i + 1}");
            (DiskLog log, string folder) = await run.StoreAsync(setting.Seed * 1000 + i, "FULL");
            store.Add(await run.ImagesAsync(log, folder, images / (recordings == 1 ? 2 : recordings), setting.Seed * 1000 + i));
        }
        for (int i = 0; i < ofProgram; i++)
        {
            setting.Say($"recording of the program {i + 1}");
            await using var load = new ProgramLoad(shim, setting, setting.Seed * 1000 + 500 + i);
            DiskLog log = await load.RecordAsync(setting.Count(3000, 300), cancellationToken);
            int every = Math.Max(20, images / (recordings == 1 ? 2 : recordings) / setting.Count(20, 2));
            program.Add(await run.ImagesAsync(log, load.Folder, images / (recordings == 1 ? 2 : recordings), setting.Seed * 1000 + 500 + i, further:
                (place, promises, image) => image % every == every / 2 ? load.AskAsync(place, promises, cancellationToken) : Task.FromResult<IReadOnlyList<string>>([])));
            started += load.Started;
            if (i > 0) continue;
            lying.Add(await run.ImagesAsync(log, load.Folder, Math.Max(100, images / 50), setting.Seed, lying: true));
        }
        (DiskLog weak, string weakFolder) = await run.StoreAsync(setting.Seed, "NORMAL");
        normal.Add(await run.ImagesAsync(weak, weakFolder, Math.Max(100, images / 20), setting.Seed, control: true));

        foreach ((string what, Tally tally) in (ReadOnlySpan<(string, Tally)>)[("store", store), ("program", program)])
        {
            foreach (PowerLossVariant variant in Enum.GetValues<PowerLossVariant>())
                figures.Add(new("G2", $"{what}: {variant.ToString().ToLowerInvariant()}, bad of images", $"{tally.Bad(variant)} of {tally.Taken(variant)}"));
            figures.Add(new("G2", $"{what}: syncs recorded, answers acknowledged", string.Create(CultureInfo.InvariantCulture, $"{tally.Syncs:N0}, {tally.Acknowledged:N0}")));
            violations.AddRange(tally.Violations.Take(20));
        }
        figures.Add(new("G2", "images on which the program itself was started and asked", $"{started}"));
        figures.Add(new("G2", "images in all", string.Create(CultureInfo.InvariantCulture, $"{store.Images + program.Images:N0}")));
        foreach ((string what, Tally tally) in (ReadOnlySpan<(string, Tally)>)[("synchronous = NORMAL", normal), ("a disk that lies about syncs of the log", lying)])
        {
            figures.Add(new("G2", $"control, {what}: bad of images (without those of kill -9)", $"{tally.BadWithoutAll} of {tally.ImagesWithoutAll}"));
            if (tally.BadWithoutAll * 2 <= tally.ImagesWithoutAll) violations.Add($"the control with {what} was not found out ({tally.BadWithoutAll} of {tally.ImagesWithoutAll} images bad): the run does not count");
        }
        return new(figures, violations);
    }
}
