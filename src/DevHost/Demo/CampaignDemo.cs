using System.Reflection;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>A campaign of the taxi service, from the CSV file to the comparison with what the simulator counted.</summary>
internal sealed class CampaignDemo(RelaisApi api, TwilioSimulator simulator, string system, Screen screen)
{
    private const string NamePrefix = "Démo ";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>From when nothing moves any more at the simulator.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    public async Task<DemoReport> RunAsync(string? file, int rate, CancellationToken ct)
    {
        await CancelEarlierAsync(ct);
        var import = await ImportAsync(file, ct);
        var campaign = await api.CreateAsync(
            new NewCampaign(
                $"{NamePrefix}{Path.GetFileNameWithoutExtension(file) ?? "Loko Taxi"}",
                DemoTenant.Taxi.SenderId,
                new NewAudience(import),
                new NewMessage("template", ContentSid: DemoSimulator.InvitationSid, Variables: new Dictionary<string, string> { ["1"] = "first_name|cher client" }),
                new NewMessage("text", "Merci {{first_name|cher client}} ! Votre code promo est LOKO10 : 10 % sur votre prochaine course.")),
            ct);
        screen.Title($"Campaign {campaign.Id} at {rate} messages a second");
        await api.ControlAsync(campaign.Id, "start", ct);
        return await FollowAsync(campaign.Id, rate, ct);
    }

    /// <summary>The simulator of an earlier run is gone, and with it the outcomes that its campaigns still wait for.</summary>
    private async Task CancelEarlierAsync(CancellationToken ct)
    {
        foreach (var campaign in (await api.ListAsync(ct)).Campaigns.Where(campaign => !campaign.IsOver && campaign.Name.StartsWith(NamePrefix, StringComparison.Ordinal)))
        {
            await api.ControlAsync(campaign.Id, "cancel", ct);
            screen.Note($"cancelled the unfinished campaign {campaign.Id} of an earlier run");
        }
    }

    private async Task<Guid> ImportAsync(string? file, CancellationToken ct)
    {
        var csv = file is null ? Bundled() : await File.ReadAllBytesAsync(file, ct);
        var report = await api.ImportAsync(Path.GetFileName(file) ?? "contacts.csv", csv, ct);
        screen.Done($"{report.Rows} rows imported: {report.Created} new, {report.Updated} known, {report.Duplicates} double, {report.Rejected} rejected");
        foreach (var row in report.Report.Where(row => row.Outcome == "rejected").Take(5))
        {
            screen.Note($"line {row.Line}: {string.Join(' ', row.Faults.Select(fault => fault.Message))}");
        }

        return report.ImportId is { } id && report.Created + report.Updated > 0
            ? id
            : throw new DevServiceException($"There is nobody to write to in {file ?? "the contacts"}: no row has a usable phone number.");
    }

    private async Task<DemoReport> FollowAsync(Guid campaignId, int rate, CancellationToken ct)
    {
        var last = await api.GetAsync(campaignId, ct);
        await screen.ProgressAsync(async bars =>
        {
            while (!await IsSettledAsync())
            {
                await Task.Delay(Poll, TimeProvider.System, ct);
            }

            async Task<bool> IsSettledAsync()
            {
                last = await api.GetAsync(campaignId, ct);
                Show(bars, last.Progress);
                return last.Status == "paused" && last.StatusReason is { Length: > 0 } reason
                    ? throw new DevServiceException($"The campaign paused itself: {reason}")
                    : last.IsOver && last.Progress.IsSettled && simulator.Report().IsIdle;
            }
        });
        return await CompareAsync(campaignId, rate, ct);
    }

    /// <summary>The last callbacks may still be on their way through the app.</summary>
    private async Task<DemoReport> CompareAsync(Guid campaignId, int rate, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var campaign = await api.GetAsync(campaignId, ct);
            var ids = await CampaignMessages.ReadAsync(system, campaignId, ct);
            var report = DemoReport.Of(campaign.Progress, ids, simulator, DemoTenant.Taxi.ProviderAddress, rate);
            if (report.HasNoDifference || TimeProvider.System.GetElapsedTime(since) > IdleTimeout)
            {
                return report;
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }
    }

    private static void Show(ProgressBars bars, CampaignCounts counts) => bars.Show(
        [
            ("sent", counts.Sent), ("delivered", counts.Delivered), ("read", counts.Read), ("failed", counts.Failed),
            ("replied", counts.Replied), ("followed up", counts.FollowedUp), ("opted out", counts.OptedOut),
        ],
        counts.Planned - counts.Skipped);

    private static byte[] Bundled()
    {
        using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream("contacts.csv")!;
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }
}
