using System.Text;
using Azure.Storage.Blobs;
using Relais.DevHost.Services;

namespace FunctionsHost.Tests;

/// <summary>The app under App, whose functions append what they do to a file, on a host and storage account of its own.</summary>
internal sealed class RecordingApp : IAsyncDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly string storage;

    private RecordingApp(string storage) => this.storage = storage;

    public TestHost Host { get; private set; } = null!;

    /// <param name="longTimerIsPastDue">The timer that is due once a year was due yesterday, while no host ran.</param>
    public static async Task<RecordingApp> StartAsync(
        string storage, bool longTimerIsPastDue, params (string Name, string Value)[] settings)
    {
        var app = new RecordingApp(storage);
        if (longTimerIsPastDue)
        {
            await app.MakeLongTimerPastDueAsync();
        }

        app.Host = await TestHost.StartAsync(new FunctionsAppOptions
        {
            Folder = DevPaths.Output("tests", "FunctionsHost.Tests", "App"),
            HealthPath = "/api/ping",
            Settings = settings.Append(("AzureWebJobsStorage", storage)).Append(("RECORD_FILE", app.file))
                .ToDictionary(one => one.Item1, one => (string?)one.Item2),
        });
        return app;
    }

    /// <summary>How often the functions recorded a line that begins so.</summary>
    public int Count(string text)
    {
        // the app writes to it meanwhile
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Count(line => line.StartsWith(text, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.Process.KillAsync();
        await Host.DisposeAsync();
        File.Delete(file);
    }

    private async Task MakeLongTimerPastDueAsync()
    {
        var yesterday = DateTime.Now.AddDays(-1).ToString("s", System.Globalization.CultureInfo.InvariantCulture);
        var container = new BlobContainerClient(storage, "azure-webjobs-hosts");
        await container.CreateIfNotExistsAsync();
        using var status = new MemoryStream(Encoding.UTF8.GetBytes(
            $$"""{"Last":"2020-01-01T05:00:00","Next":"{{yesterday}}","LastUpdated":"2020-01-01T05:00:00"}"""));
        await container.GetBlobClient("timers/hosttestapp/Long/status").UploadAsync(status, overwrite: true);
    }
}
