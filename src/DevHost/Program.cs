using System.Runtime.InteropServices;
using Relais.DevHost;
using Relais.DevHost.Services;

HostOptions options;
try
{
    options = CommandLine.Parse(args);
}
catch (CommandLineException e)
{
    Console.Error.WriteLine($"{e.Message}\n\n{HostOptions.Usage}");
    return 2;
}

if (options.Help)
{
    Console.WriteLine(HostOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
var screen = new Screen();

void Stop(PosixSignalContext context)
{
    // The first signal stops everything in order. A second one ends this process immediately, and the guards end its children.
    context.Cancel = !stop.IsCancellationRequested;
    if (context.Cancel)
    {
        _ = stop.CancelAsync();
    }
}

Interrupts.RestoreDefaultHandler();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
ExitWithParent.Start(() => _ = stop.CancelAsync(), stop.Token);

try
{
    return await DevRun.RunAsync(options, screen, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return options.DemoAndExit ? 130 : 0;
}
catch (DevServiceException e)
{
    Screen.Fail(e.Message);
    return 1;
}
