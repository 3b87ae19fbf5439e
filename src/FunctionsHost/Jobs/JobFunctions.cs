using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace FunctionsHost;

/// <summary>
/// Builds the static class that the WebJobs SDK indexes: one method per queue, orchestration and activity trigger, each of which
/// calls the delegate in a static field. HTTP and timer triggers run without the SDK.
/// </summary>
internal static class JobFunctions
{
    /// <summary>A method without trigger, called once at the start, in which the extension's clients can be bound.</summary>
    public const string DurableClients = "durable-clients";

    /// <param name="run">Takes the index of the function, the trigger's value, and a token that is cancelled when the host ends.</param>
    public static Type Build(IReadOnlyList<Function> functions, Func<int, object?, Binder, CancellationToken, Task<object?>> run)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new("Functions"), AssemblyBuilderAccess.Run).DefineDynamicModule("Functions");
        var type = module.DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var target = type.DefineField("Run", run.GetType(), FieldAttributes.Public | FieldAttributes.Static);
        foreach (var (index, function) in functions.Index().Where(item => item.Item.Kind is not (TriggerKind.Http or TriggerKind.Timer)))
        {
            var (parameter, attribute) = Trigger(function);
            // the extension takes a result only from a method that is declared as Task<object>
            var returns = function.Kind == TriggerKind.Queue ? typeof(Task) : typeof(Task<object>);
            var method = AddMethod(type, target, function.Name, index, returns, [parameter]);
            method.DefineParameter(1, ParameterAttributes.None, function.Trigger["name"]).SetCustomAttribute(attribute);
        }

        AddMethod(type, target, DurableClients, -1, typeof(Task), []).SetCustomAttribute(Attribute<NoAutomaticTriggerAttribute>([]));
        var built = type.CreateType();
        built.GetField(target.Name)!.SetValue(null, run);
        return built;
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
                Attribute<QueueTriggerAttribute>([trigger["queueName"] ?? ""], "Connection", trigger["connection"])),
            TriggerKind.Orchestration => (
                typeof(string), Attribute<OrchestrationTriggerAttribute>([], "Orchestration", trigger["orchestration"])),
            _ => (typeof(string), Attribute<ActivityTriggerAttribute>([], "Activity", trigger["activity"])),
        };
    }

    private static CustomAttributeBuilder Attribute<T>(object[] arguments, string property = "", string? value = null)
    {
        var constructor = typeof(T).GetConstructor([.. arguments.Select(argument => argument.GetType())])!;
        return value is null ? new(constructor, arguments) : new(constructor, arguments, [typeof(T).GetProperty(property)!], [value]);
    }

    private static MethodBuilder AddMethod(TypeBuilder type, FieldBuilder target, string name, int index, Type returns, Type[] trigger)
    {
        Type[] parameters = [.. trigger, typeof(Binder), typeof(CancellationToken)];
        var method = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, returns, parameters);
        method.SetCustomAttribute(Attribute<FunctionNameAttribute>([name]));
        method.DefineParameter(trigger.Length + 1, ParameterAttributes.None, "_binder");
        method.DefineParameter(trigger.Length + 2, ParameterAttributes.None, "_stopping");
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, target);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(trigger.Length == 0 ? OpCodes.Ldnull : OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg, trigger.Length);
        il.Emit(OpCodes.Ldarg, trigger.Length + 1);
        il.Emit(OpCodes.Callvirt, target.FieldType.GetMethod("Invoke")!);
        il.Emit(OpCodes.Ret);
        return method;
    }
}
