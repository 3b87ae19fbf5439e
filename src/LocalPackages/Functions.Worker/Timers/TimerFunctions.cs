using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Timers;

/// <summary>Reads the timer functions of an app, and refuses those that can never run.</summary>
internal sealed class TimerFunctions(IFunctionCatalog catalog, IFunctionInvoker invoker, IConfiguration configuration, TimeProvider time, ILoggerFactory loggers)
{
    public TimerFunction[] Read()
    {
        var timers = new List<TimerFunction>();
        var faults = new List<string>();
        foreach (var function in catalog.Functions.Where(f => f.TriggerAttribute is TimerTriggerAttribute))
        {
            try
            {
                timers.Add(Read(function));
            }
            catch (Exception e) when (e is InvalidOperationException or TimeZoneNotFoundException)
            {
                faults.Add($"Function '{function.Name}': {e.Message}");
            }
        }

        return faults.Count == 0 ? [.. timers] : throw FunctionDiscovery.Refuse(faults);
    }

    private TimerFunction Read(LocalFunction function)
    {
        if (function.Trigger.ParameterType != typeof(TimerInfo))
        {
            throw new InvalidOperationException($"the parameter of a timer trigger must be a TimerInfo, not {function.Trigger.ParameterType}.");
        }

        var text = SettingNames.Resolve(((TimerTriggerAttribute)function.TriggerAttribute).Schedule, configuration).Trim();
        var zone = configuration["WEBSITE_TIME_ZONE"] is { Length: > 0 } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : time.LocalTimeZone;
        try
        {
            var schedule = TimerSchedule.Parse(text, zone);
            _ = schedule.Next(time.GetUtcNow()) ?? throw new FormatException("it is never due");
            return new TimerFunction(function, text, schedule, invoker, time, loggers.CreateLogger($"Function.{function.Name}"));
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"the schedule \"{text}\" is not valid: {e.Message}.", e);
        }
    }
}
