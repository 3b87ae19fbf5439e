using FunctionsHost;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, RequestStop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, RequestStop);
try
{
    var line = CommandLine.Parse(args);
    return await new HostRun(HostSettings.Load(AppFolder.Open(line.Folder), line), stop.Token).RunAsync();
}
catch (StartException e)
{
    Console.Error.WriteLine($"FunctionsHost: {e.Message}");
    return e.ExitCode;
}

void RequestStop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
