using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Binder = Microsoft.Azure.WebJobs.Binder;

namespace FunctionsHost;

/// <summary>
/// Builds the static class that the WebJobs SDK indexes: one method per queue, orchestration and activity trigger, each of which
/// calls <see cref="Trampoline"/>. HTTP and timer triggers run without the SDK.
/// </summary>
internal static class JobFunctions
{
    /// <summary>A method without trigger, called once at the start, in which the extension's clients can be bound.</summary>
    public const string DurableClients = "durable-clients";

    private static readonly MethodInfo Run = typeof(Trampoline).GetMethod(nameof(Trampoline.Run))!;

    public static Type Build(IReadOnlyList<Function> functions)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Functions"), AssemblyBuilderAccess.Run).DefineDynamicModule("Functions");
        var type = module.DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (var (index, function) in functions.Index().Where(item => item.Item.Kind is TriggerKind.Queue or TriggerKind.Orchestration or TriggerKind.Activity))
        {
            var (parameter, attribute) = Trigger(function);
            // the extension takes a result only from a method that is declared as Task<object>
            var method = AddMethod(type, function.Name, index, function.Kind == TriggerKind.Queue ? typeof(Task) : typeof(Task<object>), [parameter]);
            method.DefineParameter(1, ParameterAttributes.None, function.Trigger["name"]).SetCustomAttribute(attribute);
        }

        AddMethod(type, DurableClients, -1, typeof(Task), []).SetCustomAttribute(Attribute<NoAutomaticTriggerAttribute>([]));
        return type.CreateType();
    }

    private static (Type Parameter, CustomAttributeBuilder Attribute) Trigger(Function function)
    {
        var trigger = function.Trigger;
        var deferred = "true".Equals(trigger["properties:supportsDeferredBinding"], StringComparison.OrdinalIgnoreCase);
        var binary = "Binary".Equals(trigger["dataType"], StringComparison.OrdinalIgnoreCase);
        return function.Kind switch
        {
            TriggerKind.Queue => (
                deferred ? typeof(ParameterBindingData) : binary ? typeof(byte[]) : typeof(string),
                Attribute<QueueTriggerAttribute>([trigger["queueName"] ?? ""], ("Connection", trigger["connection"]))),
            TriggerKind.Orchestration => (typeof(string), Attribute<OrchestrationTriggerAttribute>([], ("Orchestration", trigger["orchestration"]))),
            _ => (typeof(string), Attribute<ActivityTriggerAttribute>([], ("Activity", trigger["activity"]))),
        };
    }

    private static CustomAttributeBuilder Attribute<T>(object[] arguments, params (string Name, string? Value)[] properties)
    {
        var given = properties.Where(property => property.Value is not null).ToArray();
        return new(
            typeof(T).GetConstructor([.. arguments.Select(argument => argument.GetType())])!, arguments,
            [.. given.Select(property => typeof(T).GetProperty(property.Name)!)], [.. given.Select(property => property.Value!)]);
    }

    private static MethodBuilder AddMethod(TypeBuilder type, string name, int index, Type returns, Type[] trigger)
    {
        var method = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, returns, [.. trigger, typeof(Binder), typeof(CancellationToken)]);
        method.SetCustomAttribute(Attribute<FunctionNameAttribute>([name]));
        method.DefineParameter(trigger.Length + 1, ParameterAttributes.None, "_binder");
        method.DefineParameter(trigger.Length + 2, ParameterAttributes.None, "_stopping");
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(trigger.Length == 0 ? OpCodes.Ldnull : OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg, trigger.Length);
        il.Emit(OpCodes.Ldarg, trigger.Length + 1);
        il.Emit(OpCodes.Call, Run);
        il.Emit(OpCodes.Ret);
        return method;
    }
}

/// <summary>The methods of the generated class, which lies in another assembly, call this one; it is public for that.</summary>
public static class Trampoline
{
    /// <summary>Takes the index of the function, the trigger's value, the binder and the token that the host's end cancels.</summary>
    public static Func<int, object?, Binder, CancellationToken, Task<object?>> Target { get; set; } = null!;

    public static Task<object?> Run(int function, object? trigger, Binder binder, CancellationToken stopping) => Target(function, trigger, binder, stopping);
}
