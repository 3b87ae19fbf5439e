using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Relais.DevHost.Services;
using Relais.Kit;

namespace LocalPackages.Tests.Worker;

/// <summary>An app in a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly GuardedProcess process;

    private WorkerProcess(GuardedProcess process, int port)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public Task<int> Exited => process.Exited;

    /// <summary>The program that this assembly is: see Program.cs.</summary>
    public static async Task RunAsync(string[] args)
    {
        var builder = TestApp.Builder([typeof(Functions)], port: int.Parse(args[0]));
        builder.Services.AddSingleton<Journal>();
        using var host = builder.Build();
        await host.RunAsync();
    }

    public static async Task<WorkerProcess> StartAsync(string storage, params string[] settings)
    {
        var port = FreePort();
        string[] command = ["dotnet", typeof(WorkerProcess).Assembly.Location, $"{port}"];
        string[] started = InterruptIsIgnored() ? ["env", "--default-signal=INT", .. command] : command;
        var process = GuardedProcess.Start(new ProcessSpec(started[0], started[1..])
        {
            Environment = settings.Select(s => s.Split('=', 2)).Append(["AzureWebJobsStorage", storage]).ToDictionary(s => s[0], s => (string?)s[1]),
        });
        var app = new WorkerProcess(process, port);
        await Wait.UntilAsync(app.AnswersAsync);
        return app;
    }

    /// <summary>A shell starts its background jobs with SIGINT ignored, and they hand that on to their children.</summary>
    private static bool InterruptIsIgnored()
    {
        const string Ignored = "SigIgn:";
        const ulong Interrupt = 1UL << (2 - 1);
        return File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } mask
            && (ulong.Parse(mask[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }

    public void Signal(string name) => System.Diagnostics.Process.Start("kill", [$"-{name}", $"{process.Id}"]).WaitForExit();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.DisposeAsync();
    }

    public async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("alive");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public sealed class Functions
    {
        [Function("Alive")]
        public static IResult Alive([HttpTrigger(AuthorizationLevel.Anonymous, Route = "alive")] HttpRequest request) => Results.Text("yes");

        [Function("SlowRequest")]
        public static async Task<IResult> SlowRequest([HttpTrigger(AuthorizationLevel.Anonymous, Route = "slow/{milliseconds:int}")] HttpRequest request, int milliseconds, CancellationToken ct)
        {
            await Task.Delay(milliseconds, ct);
            return Results.Text("done");
        }

        /// <summary>The message is how long it takes, and a name.</summary>
        [Function("SlowMessage")]
        [QueueOutput("done")]
        public static async Task<string> SlowMessage([QueueTrigger("work")] string message, FunctionContext context)
        {
            await new QueueClient(Environment.GetEnvironmentVariable("AzureWebJobsStorage")!, "started").SendMessageAsync(message);
            await Task.Delay(int.Parse(message.Split(' ')[0]), context.CancellationToken);
            return message;
        }
    }
}
