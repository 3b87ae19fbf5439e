using System.Reflection;
using Relais.DevHost.Seed;
using Relais.DevHost.Services;
using Relais.Simulators;

namespace Relais.DevHost.Demo;

/// <summary>Runs a campaign of the demo taxi service: imports the contacts, sends, and compares the totals with the simulator's.</summary>
internal sealed class CampaignDemo(RelaisApi api, TwilioSimulator simulator, string system, Screen screen)
{
    private const string NamePrefix = "Démo ";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>How long to wait for equal totals after the simulator has become idle.</summary>
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
                new NewMessage(
                    "template",
                    ContentSid: DemoSimulator.InvitationSid,
                    Variables: new Dictionary<string, string> { ["1"] = "first_name|cher client" }),
                new NewMessage(
                    "text", "Merci {{first_name|cher client}} ! Votre code promo est LOKO10 : 10 % sur votre prochaine course.")),
            ct);
        screen.Title($"Campaign {campaign.Id} at {rate} messages per second");
        await api.ControlAsync(campaign.Id, "start", ct);
        return await FollowAsync(campaign.Id, rate, ct);
    }

    /// <summary>
    /// Cancels the unfinished campaigns of earlier runs. Their simulator has stopped, so their missing status reports never arrive.
    /// </summary>
    private async Task CancelEarlierAsync(CancellationToken ct)
    {
        var list = await api.ListAsync(ct);
        foreach (var campaign in list.Campaigns.Where(item => !item.IsOver && item.Name.StartsWith(NamePrefix, StringComparison.Ordinal)))
        {
            await api.ControlAsync(campaign.Id, "cancel", ct);
            screen.Note($"cancelled the unfinished campaign {campaign.Id} of an earlier run");
        }
    }

    private async Task<Guid> ImportAsync(string? file, CancellationToken ct)
    {
        var csv = file is null ? ReadBundledContacts() : await File.ReadAllBytesAsync(file, ct);
        var report = await api.ImportAsync(Path.GetFileName(file) ?? "contacts.csv", csv, ct);
        screen.Done(
            $"{report.Rows} rows imported: {report.Created} created, {report.Updated} updated, " +
            $"{report.Duplicates} duplicates, {report.Rejected} rejected");
        foreach (var row in report.Report.Where(row => row.Outcome == "rejected").Take(5))
        {
            screen.Note($"line {row.Line}: {string.Join(' ', row.Faults.Select(fault => fault.Message))}");
        }

        return report.ImportId is { } id && report.Created + report.Updated > 0
            ? id
            : throw new DevServiceException($"No row of {file ?? "the contacts"} has a valid phone number.");
    }

    private async Task<DemoReport> FollowAsync(Guid campaignId, int rate, CancellationToken ct)
    {
        var campaign = await api.GetAsync(campaignId, ct);
        await screen.ProgressAsync(async bars =>
        {
            while (!await IsSettledAsync())
            {
                await Task.Delay(Poll, TimeProvider.System, ct);
            }

            async Task<bool> IsSettledAsync()
            {
                campaign = await api.GetAsync(campaignId, ct);
                ShowProgress(bars, campaign.Progress);
                return campaign.Status == "paused" && campaign.StatusReason is { Length: > 0 } reason
                    ? throw new DevServiceException($"The app paused the campaign: {reason}")
                    : campaign.IsOver && campaign.Progress.IsSettled && simulator.Report().IsIdle;
            }
        });
        return await CompareAsync(campaignId, rate, ct);
    }

    /// <summary>Compares the totals until they are equal, because the app may still be processing the last status reports.</summary>
    private async Task<DemoReport> CompareAsync(Guid campaignId, int rate, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var campaign = await api.GetAsync(campaignId, ct);
            var ids = await CampaignMessages.ReadAsync(system, campaignId, ct);
            var report = DemoReport.Create(campaign.Progress, ids, simulator, DemoTenant.Taxi.ProviderAddress, rate);
            if (report.IsEqual || TimeProvider.System.GetElapsedTime(started) > IdleTimeout)
            {
                return report;
            }

            await Task.Delay(Poll, TimeProvider.System, ct);
        }
    }

    private static void ShowProgress(ProgressBars bars, CampaignCounts counts) => bars.Show(
        [
            ("sent", counts.Sent), ("delivered", counts.Delivered), ("read", counts.Read), ("failed", counts.Failed),
            ("replied", counts.Replied), ("followed up", counts.FollowedUp), ("opted out", counts.OptedOut),
        ],
        counts.Planned - counts.Skipped);

    private static byte[] ReadBundledContacts()
    {
        using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream("contacts.csv")!;
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }
}
